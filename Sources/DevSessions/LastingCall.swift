import Control
import EventLoop

/// A call that waits, over restarts of the supervisor: it is made again where it was cut off.
struct LastingCall {
    let launcher: SupervisorLauncher
    /// What a person sees meanwhile.
    let label: String
    let milliseconds: Int64

    /// How long the next supervisor may take to come where somebody stopped this one on purpose: it is not started again here.
    private static let absence = Duration.seconds(5)

    /// - Parameter call: of how many milliseconds are left.
    func run<Call: ControlCall>(on first: ControlClient, _ call: (Int64) -> Call) throws(ControlError) -> Call.Result {
        let progress = ProgressLine(label)
        defer { progress.erase() }
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        var client = first
        while true {
            let call = call(max(0, Int64((end - .now) / .milliseconds(1))))
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
