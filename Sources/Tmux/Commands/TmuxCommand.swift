/// One tmux command, and how it is written for the control pipe so that every word arrives verbatim.
public struct TmuxCommand: Sendable, Hashable {
    enum Word: Sendable, Hashable {
        case text(String)
        case commands([TmuxCommand])
    }

    let words: [Word]

    /// A command and its arguments; each argument reaches tmux as it is, whatever it contains.
    ///
    /// Some commands expand formats (`#{…}`) in some of their arguments: see ``TmuxFormat/literal(_:)``.
    public init(_ name: String, _ arguments: [String] = []) {
        words = [.text(name)] + arguments.map(Word.text)
    }

    public init(_ name: String, _ arguments: String...) {
        self.init(name, arguments)
    }

    private init(words: [Word]) {
        self.words = words
    }

    /// Runs one or the other list of commands, by whether `format`, expanded for `pane`, is neither empty
    /// nor `0`. For a pane that does not exist its formats are empty.
    ///
    /// tmux does nothing else between the test and the commands (3.3a).
    public static func when(
        _ format: String, pane: String, then commands: [TmuxCommand], otherwise: [TmuxCommand]
    ) -> TmuxCommand {
        let condition = ["if-shell", "-F", "-t", pane, format].map(Word.text)
        return TmuxCommand(words: condition + [.commands(commands), .commands(otherwise)])
    }

    /// The command as text for the control pipe, without a line end. Never empty.
    ///
    /// - Throws: ``TmuxError/Code/invalidArgument`` for a NUL character, which no tmux argument can hold.
    public func rendered() throws(TmuxError) -> String {
        try Self.line([self])
    }

    /// Several commands as one line, without a line end: those after one that fails do not run.
    public static func line(_ commands: [TmuxCommand]) throws(TmuxError) -> String {
        var text: [UInt8] = []
        for command in commands { try command.render(to: &text, separated: !text.isEmpty) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Several commands as arguments of the tmux program.
    static func arguments(_ commands: [TmuxCommand]) -> [String] {
        commands.map { command in
            command.words.map { word in
                guard case .text(let argument) = word else {
                    preconditionFailure("commands in braces are for the control pipe")
                }
                // A word that ends in a semicolon ends its command.
                return argument.hasSuffix(";") ? argument.dropLast() + "\\;" : argument
            }
        }.reduce([]) { $0.isEmpty ? $1 : $0 + [";"] + $1 }
    }

    private func render(to text: inout [UInt8], separated: Bool) throws(TmuxError) {
        if separated { text += " ; ".utf8 }
        for (index, word) in words.enumerated() {
            if index > 0 { text.append(UInt8(ascii: " ")) }
            switch word {
            case .text(let argument):
                try Self.quote(argument, to: &text)
            case .commands(let commands):
                text += "{ ".utf8
                for (position, command) in commands.enumerated() {
                    try command.render(to: &text, separated: position > 0)
                }
                text += " }".utf8
            }
        }
    }

    /// Writes a word in tmux's double quotes: `\`, `"`, `$` and `~` (which is expanded at the beginning of a
    /// quoted string too) get a backslash, control characters are written in octal, because a line end
    /// would end the command.
    private static func quote(_ argument: String, to text: inout [UInt8]) throws(TmuxError) {
        let bytes = argument.utf8
        if !bytes.isEmpty, bytes.allSatisfy(isPlain) {
            text += bytes
            return
        }
        text.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case 0:
                throw TmuxError(
                    .invalidArgument, while: "writing a command", reason: "an argument contains a NUL character")
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "$"), UInt8(ascii: "~"):
                text += [UInt8(ascii: "\\"), byte]
            case 1..<0x20, 0x7F:
                text.append(UInt8(ascii: "\\"))
                text += [byte >> 6, (byte >> 3) & 7, byte & 7].map { UInt8(ascii: "0") + $0 }
            default:
                text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "@"):
            true
        default:
            false
        }
    }
}
