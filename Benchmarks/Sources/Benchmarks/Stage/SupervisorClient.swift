import EventLoop
import JSON
import Transcripts

/// Asks sessions over the supervisor's socket, with the calls of `dev-sessions ask` but without its process.
actor SupervisorClient {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let path: String

    /// - Parameter path: of the supervisor's socket.
    init(path: String) throws {
        loop = try EventLoop(name: "supervisor-client")
        self.path = path
    }

    func close() async {
        await loop.shutdown()
    }

    /// Sends, waits for the turn's end, and returns its answer.
    func ask(_ text: String, of session: String) async throws -> String {
        let connection = SupervisorConnection(try await .connect(on: loop, unixPath: path))
        defer { connection.close() }
        connection.greet()
        let sent = try await connection.call(
            "send", ["session": .string(session), "text": .string(text), "literal": false, "queue": false])
        guard let turn = sent["turn"] else { throw BenchmarkError("\(session) took a message without a turn") }
        let waited = try await connection.call(
            "wait", ["sessions": [.string(session)], "any": false, "timeoutMilliseconds": 120_000, "turn": turn])
        guard waited["outcomes"]?[0]?["turn"]?["state"]?.string == "completed" else {
            throw BenchmarkError("a turn of \(session) failed: \(waited.compact)")
        }
        let last = try await connection.call("last-message", ["session": .string(session), "count": 1, "turn": turn])
        guard let answer = last["blocks"]?[0]?.string else { throw BenchmarkError("a turn of \(session) has no answer") }
        return answer
    }
}

/// One connection, and the one call that is under way on it. On the loop only.
private final class SupervisorConnection {
    private let stream: ByteStream
    private var splitter = LineSplitter()
    private var lastID = 0
    private var answered: ((Result<JSON, any Error>) -> Void)?

    init(_ stream: ByteStream) {
        self.stream = stream
        stream.read { [unowned self] event in
            switch event {
            case .bytes(let bytes): for line in splitter.split(bytes) { take(line.bytes) }
            case .end, .failed: finish(.failure(BenchmarkError("the supervisor left")))
            }
        }
    }

    func close() {
        stream.close()
    }

    /// Goes with the first call; its answer is passed over.
    func greet() {
        write("hello", ["protocolVersion": 1, "programVersion": "benchmark"])
    }

    func call(_ method: String, _ parameters: JSON) async throws -> JSON {
        try await withCheckedThrowingContinuation { continuation in
            answered = { continuation.resume(with: $0) }
            write(method, parameters)
        }
    }

    private func write(_ method: String, _ parameters: JSON) {
        lastID += 1
        let request: JSON = ["jsonrpc": "2.0", "id": JSON(lastID), "method": .string(method), "params": parameters]
        stream.write(request.bytes + [UInt8(ascii: "\n")])
    }

    private func take(_ line: ArraySlice<UInt8>) {
        guard let message = try? JSON(parsing: line) else { return finish(.failure(BenchmarkError("a line is not JSON"))) }
        if let error = message["error"] {
            finish(.failure(BenchmarkError("the supervisor refused: \(error.compact)")))
        } else if message["id"]?.int == lastID, let result = message["result"] {
            finish(.success(result))
        }
    }

    private func finish(_ result: Result<JSON, any Error>) {
        let answered = answered.take()
        answered?(result)
    }
}
