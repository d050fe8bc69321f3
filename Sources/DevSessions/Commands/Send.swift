import ArgumentParser
import Control

struct Send: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send a message to a session and return when its agent has it.")

    @Argument(help: "The session.")
    var id: String

    @OptionGroup var source: MessageSource

    @Flag(help: "Add the message to the running turn instead of queueing it behind. (Codex sessions only)")
    var steer = false

    func run() throws {
        let text = try source.text()
        let invocation = try Invocation.current()
        _ = try invocation.launcher.connect().call(
            SendCall(session: id, text: text, literal: source.literal, queue: source.queue, steer: steer ? true : nil, caller: invocation.caller))
        try Output.print("Sent message to \(id)")
    }
}
