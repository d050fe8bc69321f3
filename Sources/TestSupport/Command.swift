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
    /// - Throws: `EventLoopError` when it cannot be started or takes too long.
    public func run() async throws -> Result {
        let options = ChildProcess.Options(
            executable: executable, arguments: arguments, environment: environment, directory: directory)
        let (exit, output, errors) = try await ChildProcess.output(
            on: Self.loop.get(), options, input: input, limit: 256 << 20, timeout: timeLimit)
        return Result(exit: exit, output: output, errors: errors)
    }

    /// One for all programs that a test process runs.
    static let loop = Swift.Result { try EventLoop(name: "test-commands") }
}
