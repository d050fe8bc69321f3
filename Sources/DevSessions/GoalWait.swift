import Control
import Sessions

/// Waits for a session's goal.
struct GoalWait {
    let launcher: SupervisorLauncher
    let id: String
    let milliseconds: Int64

    /// - Returns: the exit code, after the goal's last status has been printed.
    func run(on client: ControlClient) throws -> Int32 {
        let outcome = try LastingCall(launcher: launcher, label: "Waiting for the goal of \(id)", milliseconds: milliseconds)
            .run(on: client) { GoalWaitCall(session: id, timeoutMilliseconds: $0) }
        return try show(outcome)
    }

    private func show(_ outcome: Session.GoalOutcome) throws -> Int32 {
        switch outcome {
        case .reached(let status): try Output.print(status)
        case .cleared: try Output.print("cleared")
        case .inputNeeded(let pending):
            try Output.print(pending.map(\.summary).joined(separator: "\n\n"))
            return Control.ExitCode.inputNeeded
        case .interrupted:
            Output.complain("The goal of \(id) is active, but its turn was stopped; go on with `dev-sessions goal \(id) --resume`")
            return Control.ExitCode.failure
        case .exited(let reason):
            Output.complain("\(id) has ended: \(reason)")
            return Control.ExitCode.failure
        case .timedOut:
            Output.complain("Timed out waiting for goal on \(id)")
            return Control.ExitCode.timedOut
        }
        return Control.ExitCode.success
    }
}
