import ArgumentParser
import Control

struct Interrupt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interrupt", abstract: "Stop a session's running turn and leave a clean input box.")

    @Argument(help: "The session.")
    var id: String

    func run() throws {
        let result = try Invocation.call(InterruptCall(session: id))
        try Output.print(result.interrupted ? "Interrupted \(id)" : "Nothing to interrupt on \(id)")
    }
}
