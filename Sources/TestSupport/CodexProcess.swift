import EventLoop
import JSON

/// A `codex app-server` of its own, spoken to over its standard input and output without any of the code under test.
///
/// Stop it, or kill it, before its home goes.
public actor CodexProcess {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private var process: ChildProcess?
    private var received: [UInt8] = []
    private var lastNumber = 0
    private var calls: [Int: CheckedContinuation<JSON, any Error>] = [:]
    /// Notifications and requests of the server that nobody has asked for yet.
    private var unread: [JSON] = []
    private var readers: [(number: Int, condition: (JSON) -> Bool, continuation: CheckedContinuation<JSON, any Error>)] = []
    private var hasEnded = false
    private var ends: [CheckedContinuation<Void, Never>] = []

    private init(loop: EventLoop) {
        self.loop = loop
    }

    /// Starts the real Codex in a home that has been through `configureCodex`, and initializes the connection.
    public static func start(in home: TemporaryHome, directory: String) async throws -> CodexProcess {
        let codex = CodexProcess(loop: try Command.loop.get())
        try await codex.launch(
            .init(
                executable: try RealAgents.requireCodex(), arguments: ["app-server", "--listen", "stdio://"],
                environment: home.environment(), directory: directory, stdin: .pipe, stdout: .pipe, stderr: .null))
        try await codex.call(
            "initialize",
            ["clientInfo": ["name": "tests", "version": "1"], "capabilities": ["experimentalApi": true]])
        return codex
    }

    private func launch(_ options: ChildProcess.Options) throws {
        let process = try ChildProcess(on: loop, options) { _ in self.ended() }
        self.process = process
        process.stdout?.read { event in
            guard case .bytes(let bytes) = event else { return }
            self.receive(bytes)
        }
    }

    // MARK: Speaking

    /// The result of a request.
    /// - Throws: `TestSupportError` with the server's error, when the server ends first, and after a minute.
    @discardableResult
    public func call(_ method: String, _ parameters: JSON) async throws -> JSON {
        let number = number()
        let deadline = deadline(of: number, "the answer to \(method)")
        defer { deadline.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            guard !hasEnded else { return continuation.resume(throwing: Self.ended) }
            calls[number] = continuation
            send(["id": .init(number), "method": .string(method), "params": parameters])
        }
    }

    /// Answers a request of the server.
    public func answer(_ request: JSON, _ result: JSON) {
        send(["id": request["id"] ?? nil, "result": result])
    }

    /// The first notification or request of this name that nobody has been given yet; of the thread, if one is given.
    /// - Throws: `TestSupportError` when the server ends first, and after a minute.
    public func message(_ method: String, thread: String? = nil) async throws -> JSON {
        let condition: (JSON) -> Bool = { message in
            message["method"]?.string == method
                && (thread == nil || message["params"]?["threadId"]?.string == thread)
        }
        if let index = unread.firstIndex(where: condition) { return unread.remove(at: index) }
        let number = number()
        let deadline = deadline(of: number, method)
        defer { deadline.cancel() }
        return try await withCheckedThrowingContinuation { continuation in
            guard !hasEnded else { return continuation.resume(throwing: Self.ended) }
            readers.append((number, condition, continuation))
        }
    }

    private func number() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// Lets whoever waits under this number fail after a minute.
    private func deadline(of number: Int, _ what: String) -> Task<Void, any Error> {
        Task {
            try await loop.sleep(for: .seconds(60))
            let seen = unread.compactMap { $0["method"]?.string }.joined(separator: " ")
            let error = TestSupportError(.deadline, "waited in vain for \(what); unread: \(seen)")
            calls.removeValue(forKey: number)?.resume(throwing: error)
            guard let index = readers.firstIndex(where: { $0.number == number }) else { return }
            readers.remove(at: index).continuation.resume(throwing: error)
        }
    }

    // MARK: Threads

    /// Starts a thread that may do everything, and returns its identifier.
    /// - Parameter parameters: of `thread/start`, in place of these.
    public func startThread(in directory: String, _ parameters: JSON.Object = [:]) async throws -> String {
        var all: JSON.Object = ["cwd": .string(directory), "approvalPolicy": "never", "sandbox": "danger-full-access"]
        for (key, value) in parameters { all[key] = value }
        return try await call("thread/start", .object(all))["thread"]?["id"]?.string ?? ""
    }

    /// Starts a turn and returns its identifier.
    @discardableResult
    public func startTurn(_ text: String, in thread: String, _ parameters: JSON.Object = [:]) async throws -> String {
        var all: JSON.Object = ["threadId": .string(thread), "input": [["type": "text", "text": .string(text)]]]
        for (key, value) in parameters { all[key] = value }
        return try await call("turn/start", .object(all))["turn"]?["id"]?.string ?? ""
    }

    /// The next turn of the thread to end that nobody has been given yet.
    public func finishedTurn(of thread: String) async throws -> JSON {
        try await message("turn/completed", thread: thread)["params"]?["turn"] ?? nil
    }

    /// Runs a turn to its end and returns what the agent said last; nil when it failed or said nothing.
    public func ask(_ text: String, in thread: String) async throws -> String? {
        try await startTurn(text, in: thread)
        return try await finishedTurn(of: thread)["items"]?[0]?["text"]?.string
    }

    // MARK: Ending

    /// Closes its standard input and returns when it has ended.
    public func stop() async {
        process?.stdin?.close()
        await end()
    }

    /// Kills it and returns when it has ended.
    public func kill() async throws {
        try process?.kill(9)
        await end()
    }

    private func end() async {
        if hasEnded { return }
        await withCheckedContinuation { ends.append($0) }
    }

    // MARK: Receiving

    private static let ended = TestSupportError(.commandFailed, "the Codex server has ended")

    private func send(_ message: JSON) {
        process?.stdin?.write(message.bytes + [UInt8(ascii: "\n")])
    }

    private func receive(_ bytes: [UInt8]) {
        received += bytes
        // Lines are long and pieces are short: only the new piece is searched.
        guard bytes.contains(UInt8(ascii: "\n")) else { return }
        var lines = received.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        received = Array(lines.removeLast())
        for line in lines {
            if let message = try? JSON(parsing: line) { receive(message) }
        }
    }

    private func receive(_ message: JSON) {
        // Identifiers of the server's requests are the same numbers as those of the client's.
        guard message["method"] == nil else {
            if let index = readers.firstIndex(where: { $0.condition(message) }) {
                readers.remove(at: index).continuation.resume(returning: message)
            } else {
                unread.append(message)
            }
            return
        }
        let continuation = message["id"]?.int.flatMap { calls.removeValue(forKey: $0) }
        if let error = message["error"] {
            continuation?.resume(throwing: TestSupportError(.commandFailed, error.compact))
        } else {
            continuation?.resume(returning: message["result"] ?? nil)
        }
    }

    private func ended() {
        hasEnded = true
        process?.close()
        process = nil
        for continuation in calls.values { continuation.resume(throwing: Self.ended) }
        calls = [:]
        for reader in readers { reader.continuation.resume(throwing: Self.ended) }
        readers = []
        for continuation in ends { continuation.resume() }
        ends = []
    }
}
