import EventLoop

/// A program run to its end with an environment of exactly what is given.
public struct Command: Sendable {
    /// Looked up on the PATH of `environment`.
    public var executable: String
    public var arguments: [String]
    public var environment: [String: String]
    public var directory: String?
    public var input: [UInt8] = []
    /// After it the program is killed and `run` throws.
    public var timeLimit: Duration = .seconds(60)

    public init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String], directory: String? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    /// How it ended and what it printed. A failure of the program is a result, not an error.
    public struct Result: Sendable, Hashable {
        public let exit: ChildProcess.Exit
        public let output: [UInt8]
        public let errors: [UInt8]

        public var isSuccess: Bool { exit.status == 0 && exit.signal == 0 }
        public var outputText: String { String(decoding: output, as: UTF8.self) }
        public var errorText: String { String(decoding: errors, as: UTF8.self) }
    }

    /// Runs the program and returns when it has ended and closed its output.
    public func run() async throws -> Result {
        try await CommandRunner.shared.run(self)
    }
}

/// Runs the commands of all tests on one loop.
private actor CommandRunner {
    static let shared = CommandRunner()

    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private init() {
        do {
            loop = try EventLoop(name: "test-commands")
        } catch {
            fatalError("the loop that runs the tests' commands cannot be made: \(error)")
        }
    }

    func run(_ command: Command) async throws -> Command.Result {
        let options = ChildProcess.Options(
            executable: command.executable, arguments: command.arguments, environment: command.environment,
            directory: command.directory)
        let (exit, output, errors) = try await ChildProcess.output(
            on: loop, options, input: command.input, limit: 256 << 20, timeout: command.timeLimit)
        return Command.Result(exit: exit, output: output, errors: errors)
    }
}
