import Control
import EventLoop

/// This run of the program: who calls, from where, and how it reaches the supervisor.
struct Invocation {
    let environment: [String: String]
    let workingDirectory: String
    let launcher: SupervisorLauncher

    static func current() throws(ControlError) -> Invocation {
        let environment = System.environment
        do {
            let workingDirectory = try System.workingDirectory()
            let launcher = SupervisorLauncher(
                stateDirectory: try StateDirectory(environment: environment, workingDirectory: workingDirectory),
                executable: try System.executablePath(), environment: environment, programVersion: Program.version)
            return Invocation(environment: environment, workingDirectory: workingDirectory, launcher: launcher)
        } catch let error as ControlError {
            throw error
        } catch {
            throw ControlError(.failed, "\(error)")
        }
    }

    /// The session in which the command runs, if it runs in one.
    var caller: String? {
        environment["DEV_SESSIONS_SESSION"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Connects to the supervisor, starts it if there is none, and makes one call.
    static func call<Call: ControlCall>(_ call: Call) throws(ControlError) -> Call.Result {
        try current().launcher.connect().call(call)
    }
}
