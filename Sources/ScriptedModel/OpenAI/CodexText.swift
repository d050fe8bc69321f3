/// A text in the user's role, as Codex 0.163.0 sends it.
enum CodexText {
    /// The user's own.
    case prompt
    case goal(objective: String)
    case remark(Remark)
    /// What Codex tells of folders, instructions, skills, sub-agents and interruptions: it asks for nothing.
    case context

    private static let remarks: [(opening: String, remark: Remark)] = [
        ("You are performing a CONTEXT CHECKPOINT COMPACTION", .compaction),
        ("Generate a concise, single-line task title", .title),
    ]

    private static let contexts = [
        "<environment_context>", "# AGENTS.md instructions", "These AGENTS.md instructions replace",
        "The previously provided AGENTS.md instructions", "<user_instructions>", "<turn_aborted>",
        "<user_shell_command>", "<subagent_notification>", "<agent_message_board_notification>", "<skill>",
        "<codex_internal_context", "Another language model started to solve this problem",
    ]

    init(_ text: String) {
        if let remark = Self.remarks.first(where: { text.hasPrefix($0.opening) })?.remark {
            self = .remark(remark)
        } else if let objective = Self.objective(in: text) {
            self = .goal(objective: objective)
        } else if Self.contexts.contains(where: text.hasPrefix) {
            self = .context
        } else {
            self = .prompt
        }
    }

    private static func objective(in text: String) -> String? {
        guard text.hasPrefix("<codex_internal_context source=\"goal\">"),
            let start = text.firstRange(of: "<objective>\n")?.upperBound,
            let end = text[start...].firstRange(of: "\n</objective>")?.lowerBound
        else { return nil }
        return String(text[start..<end])
    }
}
