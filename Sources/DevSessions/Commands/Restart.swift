import ArgumentParser
import Control

struct Restart: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart", abstract: "Start a session's agent again, in its place and with its conversation.",
        discussion: """
            An agent that still runs is stopped first, and its turn is cut off. Messages that it has not got yet go to \
            the new one. With --all, every agent that has ended without being meant to is started again, as after the \
            machine was.
            """)

    @Argument(help: "The session.")
    var id: String?

    @Flag(help: "All sessions whose agents are gone.")
    var all = false

    @Flag(help: "With a new conversation.")
    var fresh = false

    func run() throws {
        guard (id != nil) != all else { throw ControlError(.failed, "Provide exactly one of <id> or --all") }
        let result = try Invocation.call(RestartCall(session: id, fresh: fresh))
        for restarted in result.restarted { try Output.print("Restarted session \(restarted)") }
        for failure in result.failures { Output.complain("\(failure.session): \(failure.message)") }
        if all, result.restarted.isEmpty, result.failures.isEmpty { try Output.print("No session has to be restarted") }
        guard result.failures.isEmpty else { throw CommandStatus(code: Control.ExitCode.failure) }
    }
}
