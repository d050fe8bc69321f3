import ArgumentParser
import Control

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say what a session is doing: idle, working, waiting_for_input or exited.")

    @Argument(help: "The session.")
    var id: String

    @Flag(help: "Print all that is known, and from which source, as JSON.")
    var json = false

    func run() throws {
        let status = try Invocation.call(StatusCall(session: id))
        if json {
            try Output.print(json: status)
        } else if let problem = status.problem {
            throw ControlError(.failed, problem)
        } else {
            try Output.print(status.state.rawValue)
        }
    }
}
