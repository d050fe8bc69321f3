import Control
import Sessions

/// Waits for a session's goal, over restarts of the supervisor.
struct GoalWait {
    let launcher: SupervisorLauncher
    let id: String
    let milliseconds: Int64

    /// - Returns: the exit code, after the goal's last status has been printed.
    func run(on first: ControlClient) throws -> Int32 {
        let progress = ProgressLine("Waiting for the goal of \(id)")
        defer { progress.erase() }
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        var client = first
        while true {
            let call = GoalWaitCall(session: id, timeoutMilliseconds: max(0, Int64((end - .now) / .milliseconds(1))))
            do {
                let outcome = try client.call(call, attention: .init(every: .seconds(1), tick: progress.draw))
                progress.erase()
                return try show(outcome)
            } catch let error as ControlError where error.code == .disconnected && !client.isSupervisorStopping {
                client = try launcher.connect()
            }
        }
    }

    private func show(_ outcome: Session.GoalOutcome) throws -> Int32 {
        switch outcome {
        case .reached(let status): try Output.print(status)
        case .cleared: try Output.print("cleared")
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
