import EventLoop
import JSON
import Supervision

/// One connection to an app-server: any number of callers, each with its own answer, in whatever order they come.
///
/// What the server sends is told in its order, synchronously, on the loop: a turn's notification that comes after
/// the response to its request is also told after it.
actor RPCConnection {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    enum Event: Sendable {
        case notification(method: String, parameters: JSON)
        /// To be answered by ``respond(to:with:)`` or ``reject(_:_:)``: the server waits without limit.
        case request(id: JSON, method: String, parameters: JSON)
        /// Once, and last: every call that was under way has failed before.
        case closed(CodexError)
    }

    typealias EventHandler = @Sendable (Event) -> Void
    typealias Completion = @Sendable (Result<JSON, CodexError>) -> Void

    private struct Call {
        let method: String
        let parameters: JSON
        let completion: Completion
        var attempts = 0
        let deadline: ContinuousClock.Instant
    }

    private struct Retry {
        let call: Call
        let timer: LoopTimer
    }

    /// Longer messages are parsed on another thread, so that the loop goes on meanwhile. In bytes.
    private static let largeMessage = 256 << 10
    /// JSON-RPC's code for a server that has too much to do: nothing of the request was done.
    private static let overloaded = -32001
    /// Apart from one another, or they would all come again at once.
    private static let backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(2), jitter: 0.5)

    nonisolated let name: String
    private let handler: EventHandler
    private var socket: WebSocket?
    private var end: CodexError?
    private var calls: [Int: Call] = [:]
    /// Refused for overload, and to be sent again.
    private var retries: [Int: Retry] = [:]
    private var lastID = 0
    /// Messages behind one that is being parsed.
    private var inbox = FIFO<[UInt8]>()
    private var isParsing = false
    /// Fires when the first deadline of those under way has passed.
    private lazy var deadlines = LoopTimer(on: loop)
    private var nextDeadline: ContinuousClock.Instant?

    init(loop: EventLoop, to endpoint: WebSocket.Endpoint, handler: @escaping EventHandler) {
        self.loop = loop
        self.handler = handler
        name = "\(endpoint)"
    }

    /// Connects. To be called once, before anything else.
    /// - Returns: the process at the other end, where the system tells.
    func open(_ endpoint: WebSocket.Endpoint, bearerToken: String? = nil) async throws(CodexError) -> Int32? {
        let socket = try await WebSocket.connect(to: endpoint, bearerToken: bearerToken, on: loop) { [self] event in
            assumeIsolated { $0.take(event) }
        }
        if let end {
            socket.close()
            throw end
        }
        self.socket = socket
        return socket.peerProcessID()
    }

    /// Why it has ended, once it has. On the loop only.
    nonisolated var failure: CodexError? { assumeIsolated { $0.end } }

    // MARK: Calling

    /// Sends a request. On the loop only.
    /// - Parameter completion: called once, in the order of what the server sends: `.rejected` with the server's
    ///   error, `.overloaded` when it was so to the end, `.timedOut`, `.connectionLost`.
    nonisolated func submit(_ method: String, _ parameters: JSON, within time: Duration, completion: @escaping Completion) {
        assumeIsolated { $0.begin(Call(method: method, parameters: parameters, completion: completion, deadline: .now + time)) }
    }

    /// As ``submit(_:_:within:completion:)``, for a caller that waits.
    func call(_ method: String, _ parameters: JSON, within time: Duration) async throws(CodexError) -> JSON {
        let result = await withCheckedContinuation { continuation in
            submit(method, parameters, within: time) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    func notify(_ method: String, _ parameters: JSON) {
        socket?.write(RPCMessage.notification(method: method, parameters: parameters))
    }

    private func begin(_ call: Call) {
        guard let socket, end == nil else {
            let error = end ?? CodexError(.closed, while: call.method, reason: "there is no connection")
            return call.completion(.failure(CodexError(error.code, while: call.method, reason: error.reason)))
        }
        lastID += 1
        calls[lastID] = call
        socket.write(RPCMessage.request(id: lastID, method: call.method, parameters: call.parameters))
        if nextDeadline.map({ call.deadline < $0 }) ?? true { watch(call.deadline) }
    }

    // MARK: Answering

    nonisolated func respond(to id: JSON, with result: JSON) {
        assumeIsolated { $0.socket?.write(RPCMessage.response(id: id, result: result)) }
    }

    nonisolated func reject(_ id: JSON, _ error: CodexError.Response) {
        assumeIsolated { $0.socket?.write(RPCMessage.failure(id: id, error)) }
    }

    // MARK: Receiving

    private func take(_ event: WebSocket.Event) {
        switch event {
        case .closed(let error): finish(error)
        case .message(let bytes) where isParsing || bytes.count > Self.largeMessage:
            inbox.append(bytes)
            if !isParsing { parseInbox() }
        case .message(let bytes):
            if let json = try? JSON(parsing: bytes) { take(RPCMessage(json)) } else { refuse() }
        }
    }

    /// Nothing is told out of order: small messages behind a large one wait for it.
    private func parseInbox() {
        isParsing = true
        Task {
            while end == nil, let bytes = inbox.popFirst() {
                let json = bytes.count > Self.largeMessage
                    ? try? await loop.offload { try? JSON(parsing: bytes) } : try? JSON(parsing: bytes)
                guard end == nil else { break }
                if let json { take(RPCMessage(json)) } else { refuse() }
                // Thousands may have come meanwhile: others on the loop have their turn in between.
                await Task.yield()
            }
            isParsing = false
        }
    }

    private func refuse() {
        socket?.close()
        finish(CodexError(.protocolViolation, while: name, reason: "the server sent a message that is not JSON"))
    }

    private func take(_ message: RPCMessage) {
        switch message {
        case .notification(let method, let parameters): handler(.notification(method: method, parameters: parameters))
        case .request(let id, let method, let parameters): handler(.request(id: id, method: method, parameters: parameters))
        case .response(let id, let result): finish(id, .success(result))
        case .failure(let id, let error): take(error, of: id)
        case .unknown: break
        }
    }

    private func take(_ error: CodexError.Response, of id: Int) {
        guard let call = calls[id] else { return }
        guard error.code == Self.overloaded else {
            return finish(id, .failure(CodexError(.rejected, while: call.method, reason: error.message, response: error)))
        }
        let pause = Self.backoff.pause(before: call.attempts)
        guard .now + pause < call.deadline else {
            return finish(id, .failure(CodexError(.overloaded, while: call.method, reason: error.message, response: error)))
        }
        calls[id] = nil
        retries[id] = Retry(call: call, timer: LoopTimer(on: loop))
        retries[id]?.timer.schedule(after: pause) { [self] in retry(id) }
    }

    private func retry(_ id: Int) {
        guard let retry = retries.removeValue(forKey: id) else { return }
        retry.timer.close()
        var call = retry.call
        call.attempts += 1
        begin(call)
    }

    private func finish(_ id: Int, _ result: Result<JSON, CodexError>) {
        calls.removeValue(forKey: id)?.completion(result)
    }

    // MARK: Deadlines

    private func watch(_ deadline: ContinuousClock.Instant) {
        nextDeadline = deadline
        deadlines.schedule(after: max(.milliseconds(1), deadline - .now)) { [self] in failLate() }
    }

    private func failLate() {
        nextDeadline = nil
        let now = ContinuousClock.now
        for (id, call) in calls where call.deadline <= now {
            finish(id, .failure(CodexError(.timedOut, while: call.method, reason: "the Codex app-server did not answer in time")))
        }
        if let next = calls.values.map(\.deadline).min() { watch(next) }
    }

    // MARK: End

    /// Ends the connection; calls that are under way fail with `.closed`, and nothing is told any more.
    func close() {
        socket?.close()
        finish(CodexError(.closed, while: name, reason: "the connection was closed from this side"), tells: false)
    }

    private func finish(_ error: CodexError, tells: Bool = true) {
        guard end == nil else { return }
        end = error
        socket = nil
        deadlines.close()
        inbox.removeAll()
        for retry in retries.values { retry.timer.close() }
        let failed = calls.merging(retries.mapValues(\.call)) { call, _ in call }.sorted { $0.key < $1.key }
        calls.removeAll()
        retries.removeAll()
        for (_, call) in failed {
            call.completion(.failure(CodexError(error.code, while: call.method, reason: error.reason)))
        }
        if tells { handler(.closed(error)) }
    }
}
