import Foundation

/// Turns what a user wrote into what is typed: the one place where a message is changed or refused.
///
/// Measured with Claude Code 2.1.329 at its terminal prompt. Accepted changes, each told to the caller:
/// CRLF and CR become LF; a tab becomes four spaces; white space at the end goes; text is put into Unicode's NFC;
/// a `!` in front gets a space before it, because Claude would run the rest as a shell command;
/// with `literal`, what Claude would take for a command of its own gets U+2800 (a blank) before it, and a word
/// that would end Claude gets it behind.
/// What Claude would remove or change without our knowing is refused, and nothing is typed.
enum ClaudePrompt {
    /// Words that end Claude Code when they are the whole message.
    static let exitWords: Set<String> = ["exit", "quit", ":q", ":q!", ":wq", ":wq!"]

    /// A visible nothing that Claude neither removes nor trims.
    private static let blank = "\u{2800}"

    static func prepare(_ original: String, literal: Bool) throws(SessionError) -> PreparedMessage {
        var text = original
        var normalizations: [String] = []
        func change(_ description: String, _ changed: String) {
            if changed.utf8.elementsEqual(text.utf8) { return }
            text = changed
            normalizations.append(description)
        }
        change("CRLF and CR became LF", text.replacing("\r\n", with: "\n").replacing("\r", with: "\n"))
        change("tabs became four spaces", text.replacing("\t", with: "    "))
        change("white space at the end was removed", withoutTrailingSpace(text))
        change("Unicode was put into NFC", text.precomposedStringWithCanonicalMapping)
        if let found = UndeliverableCharacters.first(in: text) {
            throw SessionError(.undeliverable, """
                The message was not sent: Claude Code would silently remove or change \(found.name) \
                at character \(found.position). Remove it from the message.
                """)
        }
        let words = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !words.isEmpty else {
            throw SessionError(.undeliverable, "Message is required. Use <message> or --file <path>.")
        }
        if exitWords.contains(words) {
            guard literal else {
                throw SessionError(.undeliverable, """
                    The message was not sent: the word "\(words)" alone ends Claude Code. \
                    Use `dev-sessions kill` to end the session, or send with --literal to say the word to the model.
                    """)
            }
            change("a blank (U+2800) was put behind the word", text + blank)
        }
        let command = commandName(text)
        if !literal, command == "" {
            throw SessionError(.undeliverable, """
                The message was not sent: Claude Code takes a "/" alone for a command without a name. \
                Send with --literal to say it to the model.
                """)
        }
        if literal, command != nil {
            change("a blank (U+2800) was put in front", blank + text)
        } else if text.hasPrefix("!") {
            change("a space was put before the leading \"!\"", " " + text)
        }
        return PreparedMessage(text: text, command: literal ? nil : command, normalizations: normalizations)
    }

    /// The name of the command that Claude would take this for: `/name`, alone or with arguments, at the start.
    /// Empty for a `/` without a name, which Claude swallows; nil for text, such as `/usr/bin is …` and `//x`.
    static func commandName(_ text: String) -> String? {
        let start = text.drop { $0.isWhitespace }
        guard start.first == "/" else { return nil }
        let name = start.dropFirst().prefix { !$0.isWhitespace }
        guard name.unicodeScalars.allSatisfy({ Self.isCommandCharacter($0) }) else { return nil }
        return String(name)
    }

    private static func isCommandCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ":", "-", "_": true
        default: false
        }
    }

    private static func withoutTrailingSpace(_ text: String) -> String {
        guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(text[...last])
    }

    // MARK: Typing

    /// The largest pieces that Claude takes as typed text: beyond, it frames them as pasted content
    /// and tells the model to treat them with reserve.
    static let chunkCharacters = 700
    static let chunkLineBreaks = 2

    /// The text in pieces, cut between characters. A backslash at the end would escape Enter, so a space follows it.
    static func chunks(of text: String) -> [String] {
        var chunks: [String] = []
        var chunk = ""
        var units = 0
        var lineBreaks = 0
        for character in text.last == "\\" ? text + " " : text {
            let size = character.utf16.count
            let breaks = character == "\n"
            if units + size > chunkCharacters || (breaks && lineBreaks == chunkLineBreaks) {
                chunks.append(chunk)
                chunk = ""
                units = 0
                lineBreaks = 0
            }
            chunk.append(character)
            units += size
            if breaks { lineBreaks += 1 }
        }
        if !chunk.isEmpty { chunks.append(chunk) }
        return chunks
    }

    /// Whether the text that the agent reports is the message, as far as white space at the ends can tell them apart.
    static func isSame(_ reported: String, as typed: String) -> Bool {
        reported == typed || trimmed(reported) == trimmed(typed)
    }

    /// Whether the agent got the message with something before or after it that somebody else typed.
    static func contains(_ reported: String, _ typed: String) -> Bool {
        let words = trimmed(typed)
        return !words.isEmpty && reported.contains(words)
    }

    private static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
