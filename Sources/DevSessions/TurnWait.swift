import Control
import EventLoop

/// Waits for turns, over restarts of the supervisor: it knows the turns, so a wait can be taken up again.
struct TurnWait {
    let launcher: SupervisorLauncher
    let call: WaitCall

    /// How long the next supervisor may take to come where somebody stopped this one on purpose: it is not started again here.
    private static let absence = Duration.seconds(5)

    func run(on first: ControlClient) throws(ControlError) -> WaitCall.Result {
        let progress = ProgressLine("Waiting for \(call.sessions.joined(separator: ", "))")
        defer { progress.erase() }
        let end = ContinuousClock.now + .milliseconds(call.timeoutMilliseconds)
        var client = first
        while true {
            var call = call
            call.timeoutMilliseconds = max(0, Int64((end - .now) / .milliseconds(1)))
            do {
                return try client.call(call, attention: .init(every: .seconds(1), tick: progress.draw))
            } catch where error.code == .disconnected {
                // Turns are delivered and watched by a supervisor: after a crash the next command starts it, and that is this one.
                client = client.isSupervisorStopping ? try next(after: error) : try launcher.connect()
            }
        }
    }

    private func next(after error: ControlError) throws(ControlError) -> ControlClient {
        let deadline = ContinuousClock.now + Self.absence
        var pause = Duration.milliseconds(10)
        while ContinuousClock.now < deadline {
            System.sleep(for: pause)
            if let client = try launcher.connectIfRunning() { return client }
            pause = min(pause * 2, .milliseconds(250))
        }
        throw error
    }
}
