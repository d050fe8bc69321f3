import Control
import EventLoop
import Sessions

/// `launch`: takes directory, arguments and environment of a session's agent from the supervisor, which knows this
/// process by its id, and becomes the agent. What goes wrong is said in the pane, where `attach` shows it.
struct LaunchCommand {
    let reference: SessionReference?

    init(_ reference: SessionReference?) {
        self.reference = reference
    }

    /// A shell's codes for a program that cannot be run, and for one that is not there.
    private enum ShellCode {
        static let notExecutable: Int32 = 126
        static let notFound: Int32 = 127
    }

    func run() -> Int32 {
        guard let reference else {
            Output.complain("error: launch needs the id of a session")
            return Control.ExitCode.failure
        }
        let plan: LaunchPlan
        do throws(ControlError) {
            guard let path = try SocketLocation.existing(for: reference.stateDirectory) else {
                throw ControlError(.disconnected, "No supervisor runs.")
            }
            plan = try ControlClient(socket: path, programVersion: Program.version).call(LaunchCall(session: reference.session))
        } catch {
            Output.complain("\(reference.session) cannot be started: \(error.message)")
            return ShellCode.notExecutable
        }
        do throws(EventLoopError) {
            try System.changeDirectory(plan.directory)
            // The terminal is the pane's, and tmux says of what kind.
            let environment = plan.environment.merging(System.environment.filter { $0.key == "TERM" }) { $1 }
            try System.execute(plan.executable, arguments: [plan.executable] + plan.arguments, environment: environment)
        } catch {
            Output.complain("\(reference.session) cannot be started: \(error)")
            return error.code == .notFound ? ShellCode.notFound : ShellCode.notExecutable
        }
    }
}
