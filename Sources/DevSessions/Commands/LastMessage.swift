import ArgumentParser
import Control

struct LastMessage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "last-message", abstract: "Print a session's last answer, and what it waits for.")

    @Argument(help: "The session.")
    var id: String

    @Option(
        name: [.customShort("n", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("How many text blocks.", valueName: "n"))
    var count = "1"

    @Flag(help: "Print the text blocks as a JSON array.")
    var json = false

    func run() throws {
        guard let count = Int(count), count > 0 else { throw ControlError(.failed, "--count must be a positive integer") }
        let last = try Invocation.call(LastMessageCall(session: id, count: count, turn: nil))
        guard !json else { return try Output.print(compactJSON: last.blocks) }
        let text = (last.blocks + last.pending.map(\.summary)).joined(separator: "\n\n")
        if !text.isEmpty { try Output.print(text) }
    }
}
