extension Directive {
    /// Reads the directive that `text` starts with; a text that is none is echoed.
    public init(_ text: String) {
        let text = Self.withoutPasteFrame(text)
        let (word, rest) = Self.split(Self.withoutLeadingSpace(text[...]))
        let argument = String(rest)
        switch word {
        case "SAY": self = .say(argument)
        case "LEN": self = Int(Self.split(rest).word).map { .length(max(0, $0)) } ?? .echo(text)
        case "SLOW":
            let (first, after) = Self.split(rest)
            if let time = Self.duration(first), !after.isEmpty {
                self = .slow(String(after), over: time)
            } else {
                self = .slow(argument, over: .seconds(3))
            }
        case "THINK": self = .think(argument)
        case "TOOL": self = .tool(argument)
        case "ESC": self = .escalated(argument)
        case "TEXTTOOL": self = .textTool(argument)
        case "MULTI":
            let commands = rest.split(whereSeparator: \.isNewline).map(String.init)
            self = .multi(commands.isEmpty ? ["echo one", "echo two"] : commands)
        case "SEQ": self = .sequence
        case "ASK": self = .ask(questions: 1)
        case "ASK2": self = .ask(questions: 2)
        case "WRITE":
            let (path, content) = Self.split(rest)
            self = .write(path: String(path), text: String(content))
        case "AGENT": self = .agent(prompt: argument)
        case "USE":
            let (tool, input) = Self.split(rest)
            self = .use(tool: String(tool), input: String(input))
        case "EMPTY": self = .empty
        case "MAXTOK": self = .maxTokens
        case "REFUSE": self = .refuse
        case "HANG": self = .hang(Self.duration(rest))
        case "DROP": self = .drop
        case "ERROR": self = Self.error(rest) ?? .echo(text)
        case "FAIL":
            let (code, message) = Self.split(rest)
            self = .fail(code: String(code), message: String(message))
        case "GOALSTEP":
            let (turns, each) = Self.split(rest)
            self = Int(turns).map { .goal(turns: $0, each: Directive(String(each))) } ?? .echo(text)
        case "DIE": self = .die(status: Int32(argument) ?? 1)
        case "DIE-BEFORE-TRANSCRIPT": self = .dieBeforeTranscript(status: Int32(argument) ?? 1)
        case "HANGUP": self = .hangUp
        default: self = .echo(text)
        }
    }

    private static func error(_ rest: Substring) -> Directive? {
        var (word, after) = split(rest)
        guard let status = Int(word), (400...599).contains(status) else { return nil }
        (word, after) = split(after)
        if word == "TIMES" { (word, after) = split(after) }
        guard let times = Int(word) else { return .error(status: status, times: nil, then: .say("recovered")) }
        (word, after) = split(after)
        let next: Directive = word == "THEN" ? Directive(String(after)) : .say("recovered")
        return .error(status: status, times: times, then: next)
    }

    /// The first word and what stands behind the one space or line break after it.
    private static func split(_ text: Substring) -> (word: Substring, rest: Substring) {
        guard let end = text.firstIndex(where: { $0 == " " || $0.isNewline }) else { return (text, "") }
        return (text[..<end], text[text.index(after: end)...])
    }

    private static func withoutLeadingSpace(_ text: Substring) -> Substring {
        text.drop { $0 == " " || $0 == "\t" || $0.isNewline }
    }

    /// `3`, `3s`, `0.5` (seconds) or `250ms`.
    private static func duration(_ text: Substring) -> Duration? {
        if text.hasSuffix("ms") { return Double(text.dropLast(2)).map { .milliseconds($0) } }
        if text.hasSuffix("s") { return Double(text.dropLast()).map { .seconds($0) } }
        return Double(text).map { .seconds($0) }
    }

    /// Claude Code 2.1.329 sends a paste of more than 800 characters, or with three line breaks or more, as
    /// `<pasted_content id="ad55">\n…\n</pasted_content id="ad55">`.
    private static func withoutPasteFrame(_ text: String) -> String {
        let body = withoutLeadingSpace(text[...])
        guard body.hasPrefix("<pasted_content id="), let open = body.firstIndex(where: \.isNewline) else { return text }
        let inner = body[body.index(after: open)...]
        var lines = inner.split(separator: "\n", omittingEmptySubsequences: false)
        guard let close = lines.lastIndex(where: { $0.hasPrefix("</pasted_content id=") }) else { return text }
        lines.removeSubrange(close...)
        return lines.joined(separator: "\n")
    }
}
