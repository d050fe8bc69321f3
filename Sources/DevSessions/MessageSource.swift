import ArgumentParser
import Control
import EventLoop

/// Where a message comes from: the command line, a file, or standard input.
struct MessageSource: ParsableArguments {
    @Argument(help: "The message.")
    var message: String?

    @Option(
        name: [.customShort("f", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Read the message from a file, or from standard input.", valueName: "path|-"))
    var file: String?

    @Flag(help: "Send text that looks like a command of the agent as text.")
    var literal = false

    @Flag(help: "Queue the message even if the session waits for input.")
    var queue = false

    /// The text, as it is: nothing is trimmed.
    func text() throws(ControlError) -> String {
        let file = self.file.flatMap { $0.isEmpty ? nil : $0 }
        guard message == nil || System.argumentsAreText else { throw ControlError(.failed, "The message is not UTF-8 text.") }
        if message != nil, file != nil { throw ControlError(.failed, "Provide either <message> or --file, not both") }
        let text = if let message { message } else if let file { try Self.contents(of: file) } else { "" }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw ControlError(.failed, "Message is required. Use <message> or --file <path>.")
        }
        return text
    }

    static func contents(of path: String) throws(ControlError) -> String {
        let bytes: [UInt8]
        do {
            bytes = path == "-" ? try System.readStandardInput() : try System.readFile(path)
        } catch {
            throw ControlError(.failed, "The message cannot be read: \(error)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ControlError(.failed, "The message in \(path == "-" ? "standard input" : path) is not UTF-8 text.")
        }
        return text
    }
}
