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
        /// No server could be started, or it does not answer.
        /// - `isFinal`: it is not tried again before somebody needs it.
        case serverFailed(CodexError, isFinal: Bool)
    }

    public typealias ThreadHandler = @Sendable (ThreadEvent) -> Void

    private static let requestTime = Duration.seconds(60)

    public nonisolated let home: CodexHome
    let clientVersion: String
    let logger: Logger

    var connection: RPCConnection?
    var connecting: Task<Result<RPCConnection, CodexError>, Never>?
    /// What the connection leads to, while there is one.
    public internal(set) var peer: AppServerPeer?
    var started: AppServerProcess?
    var followers: [String: ThreadHandler] = [:]
    /// Which thread has started which, as far as that had to be known.
    var parents: [String: String] = [:]
    var reconnection: Task<Void, Never>?
    /// The followers have been told that the connection was lost, and not yet that there is one again.
    var isLost = false
    var backoff = ReconnectionBackoff()
    var isClosed = false
    /// Requests that have not been answered, or not even been sent.
    var underWay = 0
    /// Who waits until there are none.
    var atRest: [CheckedContinuation<Void, Never>] = []
    /// Our own server has been told to end: until it has, it would take connections and refuse everything.
    var ending: Task<Bool, Never>?

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
        Self.submit(call, over: connection, within: time ?? Self.requestTime) { [self] result in
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
    func rest(until deadline: ContinuousClock.Instant) async {
        guard underWay > 0 else { return }
        let timer = LoopTimer(on: loop)
        timer.schedule(after: max(.zero, deadline - .now)) { [self] in callThoseAtRest() }
        await withCheckedContinuation { atRest.append($0) }
        timer.close()
    }

    static func submit<Call: AppServerCall>(
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
}
