import EventLoop
import JSON

/// What the server tells of threads, and asks.
extension AppServer {
    /// Tells of a thread from now on. On the loop only.
    public nonisolated func follow(_ thread: String, _ handler: @escaping ThreadHandler) {
        assumeIsolated { $0.followers[thread] = handler }
    }

    public nonisolated func stopFollowing(_ thread: String) {
        assumeIsolated { server in
            server.followers[thread] = nil
            server.parents = server.parents.filter { $0.value != thread }
        }
    }

    public var isFollowed: Bool { !followers.isEmpty }

    public nonisolated func respond(to request: ServerRequest, with result: JSON) {
        assumeIsolated { $0.connection }?.respond(to: request.id, with: result)
    }

    public nonisolated func reject(_ request: ServerRequest, _ message: String) {
        assumeIsolated { $0.connection }?.reject(request.id, CodexError.Response(code: -32601, message: message))
    }

    func take(_ event: RPCConnection.Event) {
        switch event {
        case .notification(let method, let parameters): tell(method, parameters)
        case .request(let id, let method, let parameters):
            let request = ServerRequest(id: id, method: method, parameters: parameters)
            guard let thread = request.thread else { return reject(request, "dev-sessions does not know \(method)") }
            if let handler = follower(of: thread) { return handler(.request(request)) }
            Task { await pass(on: request, of: thread) }
        case .closed(let error): lost(error)
        }
    }

    private func tell(_ method: String, _ parameters: JSON) {
        let thread = parameters["threadId"]?.string ?? parameters["thread"]?["id"]?.string
        // Of what a helper does its session is told nothing but that its questions are settled.
        let isOfHelpers = method == ThreadNotification.requestResolvedMethod
        guard let thread, let handler = isOfHelpers ? follower(of: thread) : followers[thread] else { return }
        do throws(JSONError) {
            handler(.notification(try ThreadNotification(method: method, parameters: parameters)))
        } catch {
            logger.warning("a notification of Codex's is not understood", metadata: ["method": "\(method)", "error": "\(error)"])
        }
    }

    // MARK: Helpers: threads that a thread has started

    /// Helpers of a thread, and helpers of those, that wait for an answer. Loaded ones: others wait for nothing.
    public func waitingHelpers(of thread: String) async throws(CodexError) -> [String] {
        var waiting: [String] = []
        for helper in try await callIfConnected(ThreadLoadedList()).data where followers[helper] == nil {
            guard let found = try? await callIfConnected(ThreadRead(threadId: helper)).thread else { continue }
            parents[helper] = found.parentThreadId
            guard case .active(let flags) = found.status, !flags.isEmpty else { continue }
            if await followedAncestor(of: helper) == thread { waiting.append(helper) }
        }
        return waiting
    }

    /// A helper asks in its own name; the session of the thread that started it is to answer.
    private func pass(on request: ServerRequest, of thread: String) async {
        if let ancestor = await followedAncestor(of: thread), let handler = followers[ancestor] { return handler(.request(request)) }
        // An answer that nobody gives would be waited for without limit; but others may be there to give it.
        if hasServerAlone { reject(request, "no session of dev-sessions has the thread \(thread)") }
    }

    /// The nearest one that somebody follows; the server is asked for those that are not known.
    private func followedAncestor(of thread: String) async -> String? {
        var thread = thread
        while followers[thread] == nil {
            if parents[thread] == nil { parents[thread] = try? await callIfConnected(ThreadRead(threadId: thread)).thread.parentThreadId }
            guard let parent = parents[thread] else { return nil }
            thread = parent
        }
        return thread
    }

    /// Who follows the thread, or one that has started it.
    private func follower(of thread: String) -> ThreadHandler? {
        var thread = thread
        while followers[thread] == nil, let parent = parents[thread] { thread = parent }
        return followers[thread]
    }

    /// Nobody else is connected to our server.
    var hasServerAlone: Bool {
        guard let peer, peer.isOurs else { return false }
        return System.connectionCount(unixSocket: System.realPath(peer.socket) ?? peer.socket) ?? 1 <= 1
    }
}
