import Control

/// Waits for turns: the supervisor knows them, so a wait can be taken up again.
struct TurnWait {
    let launcher: SupervisorLauncher
    let call: WaitCall

    func run(on client: ControlClient) throws(ControlError) -> WaitCall.Result {
        let label = "Waiting for \(call.sessions.joined(separator: ", "))"
        return try LastingCall(launcher: launcher, label: label, milliseconds: call.timeoutMilliseconds).run(on: client) { milliseconds in
            var call = call
            call.timeoutMilliseconds = milliseconds
            return call
        }
    }
}
