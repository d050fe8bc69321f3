import EventLoop
import JSON
import TestSupport

/// The scripted model in a process of its own, so that what it costs is not taken for a client's.
actor ScriptedModelProcess {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var process: ChildProcess?
    private let (exits, exit) = AsyncStream<ChildProcess.Exit>.makeStream()

    private init() throws {
        loop = try EventLoop(name: "scripted-model")
    }

    /// Runs a body with a model and ends it.
    /// - Parameter body: gets what Codex takes as the `base_url` of a model provider.
    static func with<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let model = try ScriptedModelProcess()
        do {
            let value = try await body(try await model.start())
            await model.stop()
            return value
        } catch {
            await model.stop()
            throw error
        }
    }

    private func start() async throws -> String {
        let program = try Package.executable("scripted-model")
        let process = try ChildProcess(
            on: loop, .init(executable: program, stdin: .pipe, stdout: .pipe, stderr: .inherit)
        ) { [exit] in exit.yield($0) }
        self.process = process
        let (pieces, piece) = AsyncStream<[UInt8]>.makeStream()
        process.stdout?.read { event in
            if case .bytes(let bytes) = event { piece.yield(bytes) } else { piece.finish() }
        }
        var output: [UInt8] = []
        for await bytes in pieces {
            output += bytes
            if output.last == UInt8(ascii: "\n") { break }
        }
        guard let address = try JSON(parsing: output)["openai"]?.string else {
            throw BenchmarkError("the scripted model does not tell its address")
        }
        return address
    }

    private func stop() async {
        if let process {
            process.stdin?.close()
            for await _ in exits { break }
            process.close()
        }
        await loop.shutdown()
    }
}
