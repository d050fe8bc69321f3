/// The text that is being written, edited as Claude Code 2.1.329 edits it.
struct InputBox {
    private var before = ""
    private var after = ""
    /// Long pastes stand in the text as one private-use character each.
    private var pastes: [Unicode.Scalar: Paste] = [:]
    private var nextPaste: UInt32 = 0xF_0000
    /// The text came from an editor: it is sent as it is, and a `!` at its start is only a character.
    private var isEdited = false

    private struct Paste {
        let text: String
        let identifier = String(UInt16.random(in: 0x1000 ... .max), radix: 16)
    }

    /// More characters than this in one paste, or three line breaks, and it is sent framed.
    static let longestPlainPaste = 800

    var isEmpty: Bool { before.isEmpty && after.isEmpty }

    /// The message as it is sent: trailing white space removed, long pastes framed.
    var message: String {
        var text = before + after
        while let last = text.last, last.isWhitespace { text.removeLast() }
        if isEdited { return text }
        if pastes.isEmpty { return text.composed }
        var message = ""
        for scalar in text.unicodeScalars {
            if let paste = pastes[scalar] {
                let tag = "pasted_content id=\"\(paste.identifier)\""
                message += "\n\n<\(tag)>\n\(paste.text)\n</\(tag)>\n"
            } else {
                message.unicodeScalars.append(scalar)
            }
        }
        return message.composed
    }

    /// Whether it begins with the `!` that makes it a command for a shell.
    var isShellCommand: Bool { !isEdited && bareText.hasPrefix("!") }

    /// What an editor is given: of a shell command all but the `!`.
    var editableText: String { isShellCommand ? String(bareText.dropFirst()) : bareText }

    /// The text with long pastes in their places but not framed: what is looked at for `!` and exit words.
    var bareText: String {
        (before + after).unicodeScalars.reduce(into: "") { text, scalar in
            if let paste = pastes[scalar] { text += paste.text } else { text.unicodeScalars.append(scalar) }
        }
    }

    /// Text typed, or too much of it at once to be typed.
    mutating func type(_ text: String) {
        if isEmpty { isEdited = false }
        if text.count > Self.longestPlainPaste { paste(text) } else { before += text }
    }

    mutating func paste(_ pasted: String) {
        if isEmpty { isEdited = false }
        let text = Self.cleaned(pasted)
        let lineBreaks = text.utf8.count { $0 == UInt8(ascii: "\n") }
        guard text.utf16.count > Self.longestPlainPaste || lineBreaks >= 3, let mark = Unicode.Scalar(nextPaste) else {
            before += text
            return
        }
        nextPaste += 1
        pastes[mark] = Paste(text: text)
        before.unicodeScalars.append(mark)
    }

    /// Takes what an editor wrote in place of what is there: never framed, tabs and CRLF kept, not composed, and
    /// cleaned of invisible characters without a word (Claude Code 2.1.329). A shell command remains one.
    mutating func replace(withEdited text: String) {
        let isShellCommand = isShellCommand
        clear()
        before = (isShellCommand ? "!" : "") + Self.cleanedEdited(text)
        isEdited = !isShellCommand
        _ = removeInvisibleCharacters()
    }

    private static func cleanedEdited(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        let scalars = text.unicodeScalars
        for index in scalars.indices {
            let scalar = scalars[index]
            let next = scalars.index(after: index)
            switch scalar {
            case "\r" where next < scalars.endIndex && scalars[next] == "\n": result.append(scalar)
            case "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}": result.append("\n")
            case "\t", "\n": result.append(scalar)
            default: if scalar.value >= 0x20, !(0x7f...0x9f).contains(scalar.value) { result.append(scalar) }
            }
        }
        return String(result)
    }

    /// Line ends become line feeds, tabs four spaces, and other control characters go, as Claude Code does it.
    private static func cleaned(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where previous == "\r": break
            case "\n", "\r": result.append("\n")
            case "\t": result.append(contentsOf: "    ".unicodeScalars)
            default: if scalar.value >= 0x20, scalar.value != 0x7f { result.append(scalar) }
            }
            previous = scalar
        }
        return String(result)
    }

    /// A backslash before Enter is taken away and breaks the line instead of sending.
    mutating func breakLineAtBackslash() -> Bool {
        guard before.last == "\\" else { return false }
        before.removeLast()
        before += "\n"
        return true
    }

    /// Takes invisible characters out of the text, except those that join an emoji.
    /// - Returns: how many there were.
    mutating func removeInvisibleCharacters() -> Int {
        let text = before + after
        let kept = text.filter { character in
            !character.unicodeScalars.allSatisfy(Self.isInvisible)
        }.map { character -> Character in
            let scalars = character.unicodeScalars
            guard scalars.contains(where: Self.isInvisible), !scalars.contains(where: \.properties.isEmoji) else {
                return character
            }
            return Character(String(String.UnicodeScalarView(scalars.filter { !Self.isInvisible($0) })))
        }
        let visible = String(kept)
        let removed = text.unicodeScalars.count - visible.unicodeScalars.count
        if removed > 0 { (before, after) = (visible, "") }
        return removed
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        [0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF].contains(scalar.value)
    }

    mutating func breakLine() { before += "\n" }
    mutating func deleteBackward() { if !before.isEmpty { before.removeLast() } }
    mutating func deleteForward() { if !after.isEmpty { after.removeFirst() } }
    mutating func moveLeft() { if let last = before.popLast() { after = String(last) + after } }
    mutating func moveRight() { if !after.isEmpty { before.append(after.removeFirst()) } }

    mutating func moveToLineStart() {
        let start = before.lastIndex(of: "\n").map(before.index(after:)) ?? before.startIndex
        after = before[start...] + after
        before.removeSubrange(start...)
    }

    mutating func moveToLineEnd() {
        let end = after.firstIndex(of: "\n") ?? after.endIndex
        before += after[..<end]
        after.removeSubrange(..<end)
    }

    /// Deletes to the start of the line; at the start of a line, the line break before it.
    mutating func deleteToLineStart() {
        guard let lineBreak = before.lastIndex(of: "\n") else {
            before = ""
            return
        }
        let start = before.index(after: lineBreak)
        before.removeSubrange((start == before.endIndex ? lineBreak : start)...)
    }

    mutating func deleteToLineEnd() {
        after.removeSubrange(..<(after.firstIndex(of: "\n") ?? after.endIndex))
    }

    /// Puts a message that was taken back in front of what is there.
    mutating func restore(_ message: String) {
        (before, after) = (message + before, after)
    }

    mutating func clear() { self = InputBox() }
}
