import CLibuv

/// A program started by this one.
///
/// The loop reaps it: nothing else in the process may wait for children it does not know.
public final class ChildProcess: HandleOwner {
    /// Where one of the child's standard streams leads.
    public enum Stdio: Sendable {
        /// Nowhere: reads end at once, writes are thrown away.
        case null
        /// To a `ByteStream` of this process (a socket, as the child sees it).
        case pipe
        /// To this process's own.
        case inherit
        /// To an open descriptor of this process, which stays open here.
        case descriptor(Int32)
    }

    /// How a child ended.
    public struct Exit: Sendable, Hashable {
        /// The exit code; 0 when a signal ended it.
        public let status: Int32
        /// The signal that ended it; 0 when none did.
        public let signal: Int32

        public init(status: Int32, signal: Int32) {
            self.status = status
            self.signal = signal
        }
    }

    /// What to start, and how.
    public struct Options: Sendable {
        /// A path with a slash, or a name to be looked up on the `PATH` of `environment`.
        public var executable: String
        /// Without the program's name.
        public var arguments: [String]
        /// All of it; nothing is inherited.
        public var environment: [String: String]
        /// This process's own when nil.
        public var directory: String?
        public var stdin: Stdio
        public var stdout: Stdio
        public var stderr: Stdio
        /// A session, and so a process group, of its own.
        public var newSession: Bool

        public init(
            executable: String, arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
            stdin: Stdio = .null, stdout: Stdio = .null, stderr: Stdio = .null, newSession: Bool = false
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.directory = directory
            self.stdin = stdin
            self.stdout = stdout
            self.stderr = stderr
            self.newSession = newSession
        }
    }

    public private(set) var processID: Int32 = 0
    /// What `.pipe` made: to be read, or written, and closed by `close()`.
    public let stdin: ByteStream?
    public let stdout: ByteStream?
    public let stderr: ByteStream?

    private let memory: HandleMemory
    private let name: String
    private var onExit: ((Exit) -> Void)?
    private var isRunning = false
    private var isClosed = false

    /// Starts it.
    /// - Parameter onExit: called once, when the process has ended; its output may still be on its way, and
    ///   as long as its own children have it open, for long.
    /// - Throws: an error that names the program; `.notFound` when there is none of that name.
    public init(on loop: EventLoop, _ options: Options, onExit: @escaping (Exit) -> Void) throws(EventLoopError) {
        name = options.executable
        self.onExit = onExit
        memory = HandleMemory(.process, UV_PROCESS, on: loop)
        let operation = "starting \(options.executable)"
        guard let path = System.findExecutable(options.executable, path: options.environment["PATH"] ?? "") else {
            throw EventLoopError(operation, cause: .noSuchFile)
        }
        if let directory = options.directory, !FileIdentity.isDirectory(directory) {
            throw EventLoopError("\(operation) in \(directory)", cause: .noSuchFile)
        }
        let pipes = try ChildPipes(options, on: loop)
        (stdin, stdout, stderr) = (pipes.stdin, pipes.stdout, pipes.stderr)
        var status: Int32 = 0
        do throws(EventLoopError) {
            // A failed start leaves a handle that must be closed like any other.
            try memory.open(owner: self, operation) {
                status = spawn(path, options, pipes)
                return 0
            }
            guard status == 0 else { throw EventLoopError(operation, status: status) }
        } catch {
            close()
            throw error
        }
        isRunning = true
        processID = uv_process_get_pid(memory.pointer())
        if let limit = System.openFileLimitForChildren { clibuv_limit_open_files(processID, limit) }
    }

    private func spawn(_ path: String, _ options: Options, _ pipes: ChildPipes) -> Int32 {
        System.withCStrings([options.executable] + options.arguments) { arguments in
            System.withCStrings(options.environment.map { "\($0.key)=\($0.value)" }) { environment in
                System.withCStrings([path] + (options.directory.map { [$0] } ?? [])) { paths in
                    pipes.withContainers { containers in
                        var spawn = uv_process_options_t()
                        spawn.file = UnsafePointer(paths[0])
                        spawn.cwd = UnsafePointer(paths[1])
                        spawn.args = UnsafeMutablePointer(mutating: arguments)
                        spawn.env = UnsafeMutablePointer(mutating: environment)
                        spawn.stdio = containers
                        spawn.stdio_count = 3
                        spawn.flags = options.newSession ? UV_PROCESS_DETACHED.rawValue : 0
                        spawn.exit_cb = { process, status, signal in
                            HandleMemory.owner(of: process, as: ChildProcess.self)
                                .exited(Exit(status: Int32(truncatingIfNeeded: status), signal: signal))
                        }
                        return uv_spawn(memory.loop.raw, memory.pointer(), &spawn)
                    }
                }
            }
        }
    }

    private func exited(_ exit: Exit) {
        isRunning = false
        memory.close()
        onExit.take()?(exit)
    }

    /// Sends a signal to the process itself; to reach its children too, start it with `newSession` and use
    /// `System.kill(-processID, signal)`.
    /// - Throws: `.closed` when it has ended or was closed.
    public func kill(_ signal: Int32) throws(EventLoopError) {
        let operation = "sending signal \(signal) to \(name)"
        guard isRunning, !isClosed else { throw EventLoopError(.closed, operation) }
        try memory.requireOpen(operation)
        let status = uv_process_kill(memory.pointer(), signal)
        guard status == 0 else { throw EventLoopError(operation, status: status) }
    }

    /// Closes the pipes and forgets the process, which is not told; it is still reaped when it ends.
    public func close() {
        isClosed = true
        onExit = nil
        stdin?.close()
        stdout?.close()
        stderr?.close()
        if isRunning { memory.disown() } else { memory.close() }
    }

    func closeWithLoop() {
        isRunning = false
        close()
    }
}

@available(*, unavailable)
extension ChildProcess: Sendable {}
