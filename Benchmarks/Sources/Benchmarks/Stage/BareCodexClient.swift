import CodexAppServer
import EventLoop
import JSON

/// A client of the app-server that only speaks its protocol: what dev-sessions is compared with, and what sees on the
/// wire when a turn ends.
actor BareCodexClient: TurnEndObserver {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    /// Of all threads that this client has started or resumed.
    var ends = TurnEnds()
    private var socket: WebSocket?
    private var lastID = 0
    private var calls: [Int: (Result<JSON, any Error>) -> Void] = [:]
    /// Who waits for the answer of a thread's turn.
    private var asking: [String: CheckedContinuation<String, any Error>] = [:]

    private init() throws {
        loop = try EventLoop(name: "bare-client")
    }

    /// - Parameter path: of the server's socket.
    static func connect(to path: String) async throws -> BareCodexClient {
        let client = try BareCodexClient()
        try await client.open(path)
        return client
    }

    private func open(_ path: String) async throws {
        socket = try await WebSocket.connect(to: .unix(path: path), on: loop) { self.take($0) }
        // As dev-sessions does, so that the server sends both the same.
        let unwanted: JSON = ["item/agentMessage/delta"]
        _ = try await call("initialize", [
            "clientInfo": ["name": "benchmark", "version": "1"],
            "capabilities": ["experimentalApi": true, "optOutNotificationMethods": unwanted],
        ])
    }

    func close() async {
        socket?.close()
        fail(BenchmarkError("the client was closed"))
        await loop.shutdown()
    }

    // MARK: Threads

    func startThread(in folder: String) async throws -> String {
        let started = try await call("thread/start", [
            "cwd": .string(folder), "approvalPolicy": "never", "sandbox": "danger-full-access",
        ])
        guard let thread = started["thread"]?["id"]?.string else { throw BenchmarkError("a thread without an id was started") }
        return thread
    }

    /// Is told of the thread's turns from now on.
    func resume(_ thread: String) async throws {
        _ = try await call("thread/resume", ["threadId": .string(thread), "excludeTurns": true])
    }

    /// Runs one turn and returns what the agent said last.
    func ask(_ text: String, in thread: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            asking[thread] = continuation
            let input: JSON = [["type": "text", "text": .string(text)]]
            send("turn/start", ["threadId": .string(thread), "input": input]) { result in
                if case .failure(let error) = result { self.asking.removeValue(forKey: thread)?.resume(throwing: error) }
            }
        }
    }

    // MARK: Messages

    private func call(_ method: String, _ parameters: JSON) async throws -> JSON {
        try await withCheckedThrowingContinuation { continuation in
            send(method, parameters) { continuation.resume(with: $0) }
        }
    }

    private func send(_ method: String, _ parameters: JSON, answered: @escaping (Result<JSON, any Error>) -> Void) {
        lastID += 1
        calls[lastID] = answered
        let request: JSON = ["id": JSON(lastID), "method": .string(method), "params": parameters]
        socket?.write(request.bytes)
    }

    private func take(_ event: WebSocket.Event) {
        let now = ContinuousClock.now
        switch event {
        case .closed(let error):
            fail(error)
        case .message(let bytes):
            guard let message = try? JSON(parsing: bytes) else { return fail(BenchmarkError("a message is not JSON")) }
            if let method = message["method"]?.string {
                if method == "turn/completed" { turnEnded(message["params"] ?? [:], now) }
            } else if let answered = message["id"]?.int.flatMap({ calls.removeValue(forKey: $0) }) {
                let error = message["error"].map { BenchmarkError("the app-server refused: \($0.compact)") }
                answered(error.map { .failure($0) } ?? .success(message["result"] ?? [:]))
            }
        }
    }

    private func turnEnded(_ parameters: JSON, _ time: ContinuousClock.Instant) {
        ends.note(time)
        guard let continuation = parameters["threadId"]?.string.flatMap({ asking.removeValue(forKey: $0) }) else { return }
        if let answer = parameters["turn"]?["items"]?[0]?["text"]?.string {
            continuation.resume(returning: answer)
        } else {
            continuation.resume(throwing: BenchmarkError("a turn has no answer: \(parameters.compact)"))
        }
    }

    private func fail(_ error: any Error) {
        for answered in calls.values { answered(.failure(error)) }
        for continuation in asking.values { continuation.resume(throwing: error) }
        calls.removeAll()
        asking.removeAll()
        ends.fail(error)
    }
}
