import ArgumentParser
import Control
import EventLoop
import Logging

struct SupervisorRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Be the supervisor, in the foreground, for example under systemd.")

    @Flag(help: .hidden)
    var detached = false

    func run() async throws {
        do {
            try await supervise()
        } catch let error as ControlError where detached {
            // Whoever started us reads the reason there.
            try Output.write(error.message)
            throw CommandStatus(code: error.exitCode)
        } catch where detached && !(error is CommandStatus) {
            try Output.write("\(error)")
            throw CommandStatus(code: Control.ExitCode.failure)
        }
    }

    private func supervise() async throws {
        let invocation = try Invocation.current()
        let launcher = invocation.launcher
        let directory = launcher.stateDirectory
        try directory.prepare()
        guard let lock = try Self.lock(launcher) else {
            guard detached else { throw ControlError(.failed, "A supervisor runs already.") }
            return try Output.write(SupervisorLauncher.readiness)
        }
        try SocketLocation(for: directory, environment: invocation.environment).establish(for: directory)
        try AgentShims(executable: launcher.executable, stateDirectory: directory).install()
        let isDetached = detached
        let logger = Logger(label: "dev-sessions") { label -> any LogHandler in
            isDetached ? SupervisorLog(path: directory.log) : StreamLogHandler.standardError(label: label)
        }
        let supervisor = SupervisorProcess(
            stateDirectory: directory, programVersion: Program.version, executable: launcher.executable, logger: logger)
        try await supervisor.run {
            guard isDetached else { return }
            try? Output.write(SupervisorLauncher.readiness)
            try? System.detachStandardOutput()
        }
        withExtendedLifetime(lock) {}
    }

    /// The lock of the one supervisor, which is held until the process ends; nil when another one answers.
    private static func lock(_ launcher: SupervisorLauncher) throws -> FileLock? {
        let deadline = ContinuousClock.now + launcher.startLimit
        while true {
            if let lock = try launcher.stateDirectory.takeLock() { return lock }
            if try launcher.connectIfRunning() != nil { return nil }
            // It is about to answer, or about to end.
            guard ContinuousClock.now < deadline else {
                throw ControlError(.failed, "Another supervisor neither answers nor ends.")
            }
            System.sleep(for: .milliseconds(10))
        }
    }
}
