import Foundation

/// Turns what a user wrote into what goes into Claude Code's input box: the one place where a message is changed or refused.
///
/// Measured with Claude Code 2.1.329. Accepted changes, each told to the caller: CRLF and CR become LF; white space at
/// the end goes; with `literal`, what Claude would take for a command of its own gets U+2800 (a blank) before it, and a
/// word that would end Claude gets it behind. What Claude would remove or change without our knowing is refused, and
/// nothing is typed.
enum ClaudePrompt {
    /// Words that end Claude Code when they are the whole message, white space around them aside.
    static let exitWords: Set<String> = ["exit", "quit", ":q", ":q!", ":wq", ":wq!"]

    private static let exitCommands: Set<String> = ["exit", "quit"]

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
        change("white space at the end was removed", withoutTrailingSpace(text))
        if let found = HiddenCharacters.first(in: text) {
            throw SessionError(.undeliverable, """
                The message was not sent: Claude Code would silently remove or change \(found.name), \
                character \(found.position) of the message. Remove it from the message.
                """)
        }
        guard !text.isEmpty else {
            throw SessionError(.undeliverable, "Message is required. Use <message> or --file <path>.")
        }
        let word = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if exitWords.contains(word) {
            guard literal else {
                throw SessionError(.undeliverable, """
                    The message was not sent: the word "\(word)" alone ends Claude Code. \
                    Use `dev-sessions kill` to end the session, or send with --literal to say the word to the model.
                    """)
            }
            change("a blank (U+2800) was put behind the word", text + blank)
        }
        let command = commandName(text)
        if !literal, let command, exitCommands.contains(command.lowercased()) {
            throw SessionError(.undeliverable, "The message was not sent: /\(command) ends Claude Code. Use `dev-sessions kill` to end the session.")
        }
        if literal, command != nil {
            change("a blank (U+2800) was put in front", blank + text)
        } else if command == "" {
            throw SessionError(.undeliverable, """
                The message was not sent: Claude Code takes a "/" alone for a command without a name. \
                Send with --literal to say it to the model.
                """)
        }
        return PreparedMessage(text: text, command: literal ? nil : command, normalizations: normalizations)
    }

    /// The name of the command that Claude would take this for: `/name`, alone or with arguments, at the start.
    /// Empty for a `/` without a name, which Claude swallows; nil for text, such as `/usr/bin is …` and `//x`.
    ///
    /// A name may still be text to Claude: `/etc` is, because there is such a file.
    static func commandName(_ text: String) -> String? {
        let start = text.drop { $0.isWhitespace }
        guard start.first == "/" else { return nil }
        let name = start.dropFirst().prefix { !$0.isWhitespace }
        guard name.utf8.first != UInt8(ascii: "-"), name.unicodeScalars.allSatisfy({ Self.isCommandCharacter($0) }) else { return nil }
        return String(name)
    }

    private static func isCommandCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", ":", "-", "_": true
        default: false
        }
    }

    private static func withoutTrailingSpace(_ text: String) -> String {
        guard let last = text.unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace && $0 != "\u{FEFF}" }) else { return "" }
        return String(text.unicodeScalars[...last])
    }

    /// A backslash in front of Enter makes a line break of it; Claude strips the space that is put between them.
    static func guarded(_ text: String) -> String {
        text.last == "\\" ? text + " " : text
    }

    // MARK: Comparing

    /// Whether the text that the agent reports is the message. A message that was pasted is reported with what a paste changes.
    static func isSame(_ reported: String, as typed: String) -> Bool {
        if reported.utf8.elementsEqual(typed.utf8) { return true }
        return canonical(reported) == canonical(typed)
    }

    /// Whether the agent got the message with something before, after or within it that somebody else typed.
    static func contains(_ reported: String, _ typed: String) -> Bool {
        let typed = canonical(typed)
        let reported = canonical(reported)
        if typed.isEmpty || typed.utf8.count > reported.utf8.count { return false }
        return reported.contains(typed) || isScattered(typed, in: reported)
    }

    /// Whether a person's keys stand between the pieces of a message: in a short one they could be anything.
    private static func isScattered(_ typed: String, in reported: String) -> Bool {
        guard typed.count >= 10, reported.count - typed.count <= 40 else { return false }
        var rest = typed[...]
        for character in reported where character == rest.first { rest.removeFirst() }
        return rest.isEmpty
    }

    /// Claude puts a backslash into what looks like its own frame of pasted content: `<\pasted_content`.
    private static func canonical(_ text: String) -> String {
        ClaudePaste.text(text).replacing("<\\", with: "<").trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
