import EventLoop
import JSON
import Logging

/// The app-server of one ``CodexHome``, and the one connection to it that carries all threads.
///
/// Ours is started when it is first needed, as a daemon that outlives us; a server of the user's that is live on
/// Codex's own control socket is joined instead, because a thread has one writer, and is never stopped.
public actor AppServer {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// What the follower of a thread is told, in order, synchronously, on the loop.
    public enum ThreadEvent: Sendable {
        case notification(ThreadNotification)
        /// To be answered by ``AppServer/respond(to:with:)`` or ``AppServer/reject(_:_:)``.
        case request(ServerRequest)
        /// The connection has ended, and most likely the server with it: nothing is known of the thread any more.
        case connectionLost(CodexError)
        /// There is a connection again: the thread has to be resumed.
        case reconnected
        /// There is no server, and none can be started now.
        case serverFailed(CodexError)
    }

    public typealias ThreadHandler = @Sendable (ThreadEvent) -> Void

    private enum Time {
        static let connect = Duration.seconds(10)
        static let start = Duration.seconds(15)
        static let request = Duration.seconds(60)
        static let stop = Duration.seconds(5)
        /// More than an interruption has, which may never be answered.
        static let rest = Duration.seconds(15)
        /// Nothing is printed when the socket answers: it is tried so often.
        static let retry = Duration.milliseconds(10)
    }

    public nonisolated let home: CodexHome
    private let clientVersion: String
    private let logger: Logger

    private var connection: RPCConnection?
    private var connecting: Task<Result<RPCConnection, CodexError>, Never>?
    /// What the connection leads to, while there is one.
    public private(set) var peer: AppServerPeer?
    private var started: AppServerProcess?
    private var followers: [String: ThreadHandler] = [:]
    private var reconnection: Task<Void, Never>?
    /// The followers have been told that the connection was lost, and not yet that there is one again.
    private var isLost = false
    private var backoff = ReconnectionBackoff()
    private var isClosed = false
    /// Requests that have not been answered, or not even been sent.
    private var underWay = 0
    /// Who waits until there are none.
    private var atRest: [CheckedContinuation<Void, Never>] = []
    /// Our own server has been told to end: until it has, it would take connections and refuse everything.
    private var ending: Task<Bool, Never>?

    /// How to start our own.
    public var program: AppServerProgram

    public init(loop: EventLoop, home: CodexHome, program: AppServerProgram, clientVersion: String, logger: Logger) {
        self.loop = loop
        self.home = home
        self.program = program
        self.clientVersion = clientVersion
        self.logger = logger
    }

    public func use(_ program: AppServerProgram) {
        self.program = program
    }

    // MARK: Calling

    /// Sends a request, over a new connection to a server that is started if there is none.
    public func call<Call: AppServerCall>(_ call: Call, within time: Duration? = nil) async throws(CodexError) -> Call.Result {
        // From here on the server is in use.
        underWay += 1
        defer { endRequest() }
        try await connect(starting: true)
        return try await callIfConnected(call, within: time)
    }

    /// Sends a request over the connection that there is.
    /// - Throws: `.closed` when there is none.
    public func callIfConnected<Call: AppServerCall>(_ call: Call, within time: Duration? = nil) async throws(CodexError) -> Call.Result {
        let result = await withCheckedContinuation { continuation in
            submit(call, within: time) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// As ``callIfConnected(_:within:)``. On the loop only.
    /// - Parameter completion: called in the order of what the server sends: before what it tells later.
    public nonisolated func submit<Call: AppServerCall>(
        _ call: Call, within time: Duration? = nil, completion: @escaping @Sendable (Result<Call.Result, CodexError>) -> Void
    ) {
        guard let connection = assumeIsolated({ $0.beginRequest() }) else {
            return completion(.failure(CodexError(.closed, while: Call.method, reason: "there is no connection to the Codex app-server")))
        }
        Self.submit(call, over: connection, within: time ?? Time.request) { [self] result in
            assumeIsolated { $0.endRequest() }
            completion(result)
        }
    }

    private func beginRequest() -> RPCConnection? {
        if connection != nil { underWay += 1 }
        return connection
    }

    private func endRequest() {
        underWay -= 1
        if underWay == 0 { callThoseAtRest() }
    }

    private func callThoseAtRest() {
        let waiting = atRest
        atRest = []
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when no request is under way, or when that takes too long.
    private func rest(until deadline: ContinuousClock.Instant) async {
        guard underWay > 0 else { return }
        let timer = LoopTimer(on: loop)
        timer.schedule(after: max(.zero, deadline - .now)) { [self] in callThoseAtRest() }
        await withCheckedContinuation { atRest.append($0) }
        timer.close()
    }

    private static func submit<Call: AppServerCall>(
        _ call: Call, over connection: RPCConnection, within time: Duration,
        completion: @escaping @Sendable (Result<Call.Result, CodexError>) -> Void
    ) {
        let parameters: JSON
        do {
            parameters = try JSON.encode(call)
        } catch {
            return completion(.failure(CodexError(.protocolViolation, while: Call.method, reason: "\(error)")))
        }
        connection.submit(Call.method, parameters, within: time) { result in
            completion(result.flatMap { json in
                do {
                    return .success(try json.decode(Call.Result.self))
                } catch {
                    return .failure(CodexError(.protocolViolation, while: Call.method, reason: "the answer is not understood: \(error)"))
                }
            })
        }
    }

    // MARK: Threads

    /// Tells of a thread from now on. On the loop only.
    public nonisolated func follow(_ thread: String, _ handler: @escaping ThreadHandler) {
        assumeIsolated { $0.followers[thread] = handler }
    }

    public nonisolated func stopFollowing(_ thread: String) {
        assumeIsolated { $0.followers[thread] = nil }
    }

    public nonisolated func respond(to request: ServerRequest, with result: JSON) {
        assumeIsolated { $0.connection }?.respond(to: request.id, with: result)
    }

    public nonisolated func reject(_ request: ServerRequest, _ message: String) {
        assumeIsolated { $0.connection }?.reject(request.id, CodexError.Response(code: -32601, message: message))
    }

    // MARK: Connecting

    /// Returns when there is a connection.
    /// - Parameter starting: our own server, where none is live.
    /// - Returns: whether there was one before.
    /// - Throws: `.refused` when none is live and none is to be started; `.missing`, `.startFailed`.
    @discardableResult
    public func connect(starting: Bool) async throws(CodexError) -> Bool {
        if connection != nil { return true }
        if let connecting {
            let result = await connecting.value
            // Who only looked has not tried what is wanted now.
            if case .failure(let error) = result, !(starting && error.code == .refused) { throw error }
            if connection != nil { return true }
        }
        if let ending { _ = await ending.value }
        guard !isClosed else { throw letGoError }
        if connecting != nil { return try await connect(starting: starting) }
        let attempt = Task { await self.attempt(starting: starting) }
        connecting = attempt
        _ = try await attempt.value.get()
        return false
    }

    private var letGoError: CodexError {
        CodexError(.closed, while: "connecting to the Codex app-server", reason: "it was let go of")
    }

    private func attempt(starting: Bool) async -> Result<RPCConnection, CodexError> {
        defer { connecting = nil }
        do throws(CodexError) {
            if let live = try await openLive() { return .success(live) }
            guard starting else {
                return .failure(CodexError(.refused, while: "connecting to the Codex app-server", reason: "none is running"))
            }
            return .success(try await start())
        } catch {
            return .failure(error)
        }
    }

    /// The server that is live: ours, or else the user's.
    private func openLive() async throws(CodexError) -> RPCConnection? {
        for socket in [program.socket, home.controlSocket] where System.exists(socket) {
            do throws(CodexError) {
                return try await open(socket)
            } catch {
                // What a server left behind refuses; anything else is told.
                guard error.code == .refused || error.code == .connectionLost else { throw error }
            }
        }
        return nil
    }

    private func open(_ socket: String) async throws(CodexError) -> RPCConnection {
        let endpoint = WebSocket.Endpoint.unix(path: socket)
        let opened = RPCConnection(loop: loop, to: endpoint) { [self] event in
            assumeIsolated { $0.take(event) }
        }
        let process = try await opened.open(endpoint)
        let result = await withCheckedContinuation { continuation in
            Self.submit(Initialize(clientVersion: clientVersion), over: opened, within: Time.connect) { continuation.resume(returning: $0) }
        }
        switch result {
        case .failure(let error):
            await opened.close()
            throw error
        case .success(let initialized):
            await opened.notify("initialized", [:])
            // The server may have ended with its answer, or we may have let go of it meanwhile.
            if let error = opened.failure ?? (isClosed ? letGoError : nil) {
                await opened.close()
                throw error
            }
            connection = opened
            peer = AppServerPeer(
                version: AppServerPeer.version(userAgent: initialized.userAgent), process: process.flatMap(ProcessIdentity.of),
                socket: socket, isOurs: socket == program.socket)
            logger.info("connected to the Codex app-server", metadata: [
                "home": "\(home.path)", "socket": "\(socket)", "pid": "\(process ?? 0)", "agent": "\(initialized.userAgent)",
            ])
            endReconnection()
            return opened
        }
    }

    private func start() async throws(CodexError) -> RPCConnection {
        let process = try AppServerProcess(program, on: loop)
        started = process
        let deadline = ContinuousClock.now + Time.start
        while true {
            if System.exists(program.socket) {
                do throws(CodexError) {
                    return try await open(program.socket)
                } catch {
                    guard error.code == .refused || error.code == .connectionLost else { throw error }
                }
            }
            if process.exit != nil {
                throw CodexError(.startFailed, while: "starting the Codex app-server", reason: "it exited during startup. Log output:\n\(process.output)")
            }
            guard .now < deadline, (try? await loop.sleep(for: Time.retry)) != nil else {
                process.kill()
                throw CodexError(.startFailed, while: "starting the Codex app-server", reason: "it did not answer within \(Time.start). Log output:\n\(process.output)")
            }
        }
    }

    // MARK: Events

    private func take(_ event: RPCConnection.Event) {
        switch event {
        case .notification(let method, let parameters): tell(method, parameters)
        case .request(let id, let method, let parameters):
            let request = ServerRequest(id: id, method: method, parameters: parameters)
            // An answer that nobody gives would be waited for without limit.
            guard let handler = request.thread.flatMap({ followers[$0] }) else { return reject(request, "dev-sessions does not know \(method)") }
            handler(.request(request))
        case .closed(let error): lost(error)
        }
    }

    private func tell(_ method: String, _ parameters: JSON) {
        let thread = parameters["threadId"]?.string ?? parameters["thread"]?["id"]?.string
        guard let thread, let handler = followers[thread] else { return }
        do throws(JSONError) {
            handler(.notification(try ThreadNotification(method: method, parameters: parameters)))
        } catch {
            logger.warning("a notification of Codex's is not understood", metadata: ["method": "\(method)", "error": "\(error)"])
        }
    }

    // MARK: After the connection

    private func lost(_ error: CodexError) {
        // Before it has been taken into use, its end is told to who opens it.
        guard connection != nil else { return }
        connection = nil
        peer = nil
        isLost = true
        logger.warning("the connection to the Codex app-server has ended", metadata: ["home": "\(home.path)", "error": "\(error)"])
        for handler in followers.values { handler(.connectionLost(error)) }
        reconnect()
    }

    /// Restarts a server that has ended, for those whose threads were in it.
    private func reconnect() {
        guard reconnection == nil, !isClosed, !followers.isEmpty else { return }
        reconnection = Task {
            while !Task.isCancelled, !isClosed, !followers.isEmpty, connection == nil {
                guard let pause = backoff.next(now: .now) else {
                    giveUp(CodexError(.startFailed, while: "starting the Codex app-server", reason: "it ends again and again"))
                    break
                }
                guard (try? await loop.sleep(for: pause)) != nil else { break }
                do throws(CodexError) {
                    try await connect(starting: true)
                } catch {
                    giveUp(error)
                }
            }
            if !Task.isCancelled { reconnection = nil }
        }
    }

    /// For now: it is tried again later, or when somebody needs the server.
    private func giveUp(_ error: CodexError) {
        logger.error("the Codex app-server could not be started", metadata: ["home": "\(home.path)", "error": "\(error)"])
        for handler in followers.values { handler(.serverFailed(error)) }
    }

    /// There is a connection again, whoever made it: nobody need try any more.
    private func endReconnection() {
        reconnection?.cancel()
        reconnection = nil
        guard isLost else { return }
        isLost = false
        for handler in followers.values { handler(.reconnected) }
    }

    // MARK: End

    /// Ends our own server if nobody uses it: no follower, no thread of anybody's, nobody else connected.
    /// - Returns: whether nobody uses it any more.
    public func stopIfUnused() async -> Bool {
        guard followers.isEmpty else { return false }
        // It may still be used, or be on its way, for a thread that has gone meanwhile.
        if let connecting { _ = await connecting.value }
        let deadline = ContinuousClock.now + Time.rest
        repeat {
            await rest(until: deadline)
            guard followers.isEmpty else { return false }
            guard let peer, peer.isOurs, let process = peer.process else { return true }
            guard let loaded = try? await callIfConnected(ThreadLoadedList()), loaded.data.isEmpty, followers.isEmpty else { return false }
            guard underWay == 0 else { continue }
            if let others = System.connectionCount(unixSocket: System.realPath(peer.socket) ?? peer.socket), others > 1 { return false }
            await stop(process)
            return true
        } while .now < deadline
        return false
    }

    /// Frees all threads: our own server is told to end, which it does when the turns that it runs are over.
    /// - Returns: whether it has ended.
    public func release() async -> Bool {
        isClosed = true
        guard let ours = peer.flatMap({ $0.isOurs ? $0.process : nil }) else {
            await closeConnection()
            return true
        }
        return await stop(ours)
    }

    /// Synchronous up to its first suspension: nobody begins to use the server that ends.

    @discardableResult
    private func stop(_ process: ProcessIdentity) async -> Bool {
        let open = letGo()
        let task = Task {
            await open?.close()
            return await end(process)
        }
        ending = task
        defer { ending = nil }
        return await task.value
    }

    /// Lets go; the server runs on.
    public func close() async {
        isClosed = true
        await closeConnection()
    }

    private func closeConnection() async {
        await letGo()?.close()
    }

    /// - Returns: the connection, which is to be closed.
    private func letGo() -> RPCConnection? {
        reconnection?.cancel()
        reconnection = nil
        started?.letGo()
        started = nil
        peer = nil
        defer { connection = nil }
        return connection
    }

    private func end(_ process: ProcessIdentity) async -> Bool {
        guard process.isAlive else { return true }
        let ended = await withCheckedContinuation { continuation in
            let end = ProcessEnd(process, on: loop, within: Time.stop) { continuation.resume(returning: $0) }
            try? System.kill(process.processID, Signal.terminate)
            end.watch()
        }
        if !ended { logger.info("the Codex app-server ends when its turns are over", metadata: ["pid": "\(process.processID)"]) }
        return ended
    }
}
