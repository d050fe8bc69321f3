import EventLoop
import JSON

/// What the server tells of threads, and asks.
extension AppServer {
    /// Tells of a thread from now on. On the loop only.
    public nonisolated func follow(_ thread: String, _ handler: @escaping ThreadHandler) {
        assumeIsolated { $0.followers[thread] = handler }
    }

    public nonisolated func stopFollowing(_ thread: String) {
        assumeIsolated { $0.followers[thread] = nil }
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
            if let handler = followers[thread] { return handler(.request(request)) }
            Task { await pass(on: request, of: thread) }
        case .closed(let error): lost(error)
        }
    }

    private func tell(_ method: String, _ parameters: JSON) {
        let thread = parameters["threadId"]?.string ?? parameters["thread"]?["id"]?.string
        guard let thread, let handler = followers[thread] ?? askingFollower(of: thread, method) else { return }
        do throws(JSONError) {
            handler(.notification(try ThreadNotification(method: method, parameters: parameters)))
        } catch {
            logger.warning("a notification of Codex's is not understood", metadata: ["method": "\(method)", "error": "\(error)"])
        }
    }

    // MARK: Threads that a thread has started

    /// A thread's helper asks in its own name; the session of the thread that started it is to answer.
    private func pass(on request: ServerRequest, of thread: String) async {
        var ancestor = thread
        // Helpers of helpers are few.
        for _ in 0..<16 {
            guard let parent = try? await callIfConnected(ThreadRead(threadId: ancestor)).thread.parentThreadId else { break }
            if let handler = followers[parent] {
                ancestors[thread] = parent
                return handler(.request(request))
            }
            ancestor = parent
        }
        // An answer that nobody gives would be waited for without limit; but others may be there to give it.
        if hasServerAlone { reject(request, "no session of dev-sessions has the thread \(thread)") }
    }

    private func askingFollower(of thread: String, _ method: String) -> ThreadHandler? {
        method == ThreadNotification.requestResolvedMethod ? ancestors[thread].flatMap { followers[$0] } : nil
    }

    /// Nobody else is connected to our server.
    var hasServerAlone: Bool {
        guard let peer, peer.isOurs else { return false }
        return System.connectionCount(unixSocket: System.realPath(peer.socket) ?? peer.socket) ?? 1 <= 1
    }
}
