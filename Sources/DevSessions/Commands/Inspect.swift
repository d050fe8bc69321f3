import ArgumentParser
import Control

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Print a session's stored record as JSON.")

    @Argument(help: "The session.")
    var id: String

    func run() throws {
        try Output.print(json: try Invocation.call(InspectCall(session: id)))
    }
}
