import ArgumentParser
import Control
import Sessions

struct Respond: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "respond", abstract: "Answer what a session waits for: a permission or its questions.",
        discussion: "With --json alone it shows what the session waits for.")

    @Argument(help: "The session.")
    var id: String

    @Flag(help: "Allow the use of the tool.")
    var allow = false

    @Flag(help: "Allow the use of the tool, and the like from now on, where the agent offers that.")
    var allowAlways = false

    @Flag(help: "Deny the use of the tool.")
    var deny = false

    @Option(parsing: .unconditional, help: ArgumentHelp("With --deny: tells the agent why.", valueName: "text"))
    var message: String?

    @Option(
        name: [.customShort("a", allowingJoined: true), .long], parsing: .unconditionalSingleValue,
        help: ArgumentHelp("An option's label, or any text; once for each question.", valueName: "text"))
    var answer: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("Which request, when there are several. (default: the oldest)", valueName: "id"))
    var request: String?

    @Flag(help: "Print the request as JSON.")
    var json = false

    func run() throws {
        guard let response = try response() else { return try Output.print(json: try Invocation.call(PendingCall(session: id))) }
        let result = try Invocation.call(RespondCall(session: id, response: response, request: request))
        if json {
            try Output.print(json: result.answered)
        } else {
            try Output.print("Responded to \(id)")
        }
    }

    /// Nil when the requests are to be shown.
    private func response() throws(ControlError) -> InputResponse? {
        let decisions = [allow, allowAlways, deny, !answer.isEmpty].count { $0 }
        guard decisions == 1 || decisions == 0 && json && message == nil else {
            throw ControlError(.failed, "Provide exactly one of --allow, --allow-always, --deny, or --answer <text>")
        }
        guard message == nil || deny else { throw ControlError(.failed, "--message goes with --deny") }
        if allow { return .allow }
        if allowAlways { return .allowAlways }
        if deny { return .deny(message: message) }
        return answer.isEmpty ? nil : .answer(answer)
    }
}
