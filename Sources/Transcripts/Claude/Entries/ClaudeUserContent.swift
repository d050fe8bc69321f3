/// What a `user` entry is: the type covers everything that is not the model's.
public enum ClaudeUserContent: Sendable, Hashable {
    /// A message that starts a turn, or joins one that has been started by another queued message.
    case prompt(String)
    case toolResults([ClaudeContentBlock.ToolResult])
    /// A person stopped the turn: while it ran or asked to run a tool, or while it wrote.
    case interruption(inToolUse: Bool)
    /// A slash command, as it was typed; one that the program carries out by itself, or a prompt by another name.
    case command(name: String, arguments: String)
    case commandOutput(String, isError: Bool)
    /// A shell command typed with `!`.
    case bashInput(String)
    case bashOutput(String)
    case compactSummary
    /// Added by the program beside the turn's own entries: a reminder, a caveat, an instruction to go on.
    case companion
}

extension ClaudeEntry {
    /// What this entry is, if it is a user entry. Tags and markers are those of Claude Code 2.1.329.
    public var userContent: ClaudeUserContent? {
        guard type == .user, let message else { return nil }
        let blocks = message.content
        let results = blocks.compactMap { block -> ClaudeContentBlock.ToolResult? in
            guard case .toolResult(let result) = block else { return nil }
            return result
        }
        if !results.isEmpty { return .toolResults(results) }
        if isCompactSummary { return .compactSummary }
        if isMeta, promptSource == nil || flag("turnCompanion") { return .companion }

        let text = message.text
        // A person may type what looks like the program's tags: those entries have a prompt source, and so may a
        // command that is a prompt by another name, which begins with its message.
        if promptSource == nil || text.hasPrefix("<command-message>"),
            let command = ClaudeUserContent(commandTags: text)
        {
            return command
        }
        if promptSource == nil, let local = ClaudeUserContent(localTags: text) { return local }
        return .prompt(text)
    }
}

extension ClaudeUserContent {
    /// A command or its output, as they also stand in a system entry `local_command` of other versions.
    init?(commandTags text: String) {
        guard text.hasPrefix("<command-name>") || text.hasPrefix("<command-message>"),
            let name = text.content(ofTag: "command-name")
        else { return nil }
        self = .command(
            name: name.hasPrefix("/") ? name : "/" + name, arguments: text.content(ofTag: "command-args") ?? "")
    }

    init?(localTags text: String) {
        guard text.first == "<" || text.first == "[" else { return nil }
        if text == "[Request interrupted by user]" {
            self = .interruption(inToolUse: false)
        } else if text == "[Request interrupted by user for tool use]" {
            self = .interruption(inToolUse: true)
        } else if text.hasPrefix("<local-command-stdout>") {
            self = .commandOutput(text.content(ofTag: "local-command-stdout") ?? "", isError: false)
        } else if text.hasPrefix("<local-command-stderr>") {
            self = .commandOutput(text.content(ofTag: "local-command-stderr") ?? "", isError: true)
        } else if text.hasPrefix("<local-command-caveat>") {
            self = .companion
        } else if text.hasPrefix("<bash-input>") {
            self = .bashInput(text.content(ofTag: "bash-input") ?? "")
        } else if text.hasPrefix("<bash-stdout>") || text.hasPrefix("<bash-stderr>") {
            self = .bashOutput(text.content(ofTag: "bash-stdout") ?? "")
        } else {
            return nil
        }
    }
}

extension String {
    /// What stands between `<tag>` and `</tag>`, the first such pair.
    fileprivate func content(ofTag tag: String) -> String? {
        guard let opening = firstRange(of: "<\(tag)>"),
            let closing = self[opening.upperBound...].firstRange(of: "</\(tag)>")
        else { return nil }
        return String(self[opening.upperBound..<closing.lowerBound])
    }
}

extension StringProtocol {
    /// By bytes: a search by characters would not find a tag that a combining mark follows.
    fileprivate func firstRange(of pattern: String) -> Range<String.Index>? {
        let pattern = Array(pattern.utf8)
        var candidate = utf8.startIndex
        while let start = utf8[candidate...].firstIndex(of: pattern[0]) {
            if utf8[start...].starts(with: pattern) { return start..<utf8.index(start, offsetBy: pattern.count) }
            candidate = utf8.index(after: start)
        }
        return nil
    }
}
