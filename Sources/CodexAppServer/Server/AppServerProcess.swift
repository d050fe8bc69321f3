import EventLoop

/// How our own app-server for one ``CodexHome`` is started, and where it is found again.
public struct AppServerProgram: Sendable {
    /// `codex`, a path.
    public var executable: String
    /// All that the server, and every command it runs, gets.
    public var environment: [String: String]
    /// Where it listens: a path of ours, in a folder that exists and is its user's alone.
    public var socket: String
    /// What it prints is added to this file.
    public var log: String

    public init(executable: String, environment: [String: String], socket: String, log: String) {
        self.executable = executable
        self.environment = environment
        self.socket = socket
        self.log = log
    }
}

/// A server that was started a moment ago: a daemon of its own, which outlives us.
final class AppServerProcess {
    /// What is told of it, in bytes.
    private static let logLimit = 4096
    /// A longer file is set aside when a server is started, in place of the last one.
    private static let logFileLimit = 4 << 20

    private let process: ChildProcess
    private let logStart: Int
    private let log: String
    private(set) var exit: ChildProcess.Exit?

    init(_ program: AppServerProgram, on loop: EventLoop) throws(CodexError) {
        log = program.log
        var exited: (ChildProcess.Exit) -> Void = { _ in }
        do throws(EventLoopError) {
            if FileIdentity.of(path: program.log)?.size ?? 0 > Self.logFileLimit { try System.rename(program.log, to: program.log + ".1") }
            let output = try System.openForAppending(program.log)
            defer { System.close(output) }
            logStart = FileIdentity.of(path: program.log)?.size ?? 0
            process = try ChildProcess(
                on: loop,
                ChildProcess.Options(
                    executable: program.executable, arguments: ["app-server", "--listen", "unix://" + program.socket],
                    environment: program.environment, directory: "/",
                    stdout: .descriptor(output), stderr: .descriptor(output), newSession: true),
                onExit: { exited($0) })
        } catch {
            throw CodexError(error.code == .notFound ? .missing : .startFailed, while: "starting the Codex app-server", reason: "\(error)")
        }
        exited = { [weak self] in self?.exit = $0 }
    }

    /// What it has printed since it was started, the end of it.
    var output: String {
        guard let bytes = try? System.readFile(log), bytes.count > logStart else { return "" }
        return String(decoding: bytes[logStart...].suffix(Self.logLimit), as: UTF8.self)
    }

    /// Ends one that does not answer.
    func kill() {
        try? process.kill(Signal.kill)
    }

    /// It goes on by itself.
    func letGo() {
        process.close()
    }
}
