extension Remark {
    private static let openings: [(text: String, remark: Remark)] = [
        ("[Your previous response had no visible output", .emptyAnswer),
        ("Output token limit hit", .tokenLimit),
        ("CRITICAL: Respond with TEXT ONLY", .compaction),
        ("<task-notification>", .taskNotification),
        ("<bash-input>", .note), ("<bash-stdout>", .shellCommand), ("<bash-stderr>", .shellCommand),
        ("<local-command-caveat>", .note), ("<local-command-stdout>", .note), ("<local-command-stderr>", .note),
        ("<command-name>", .note), ("<command-message>", .note),
        ("This session is being continued from a previous conversation", .note),
        ("[Request interrupted by user", .note),
    ]

    /// Reads what Claude Code 2.1.329 says; nil for a text that is the user's own.
    init?(anthropic text: some StringProtocol) {
        guard let remark = Self.openings.first(where: { text.hasPrefix($0.text) })?.remark else { return nil }
        self = remark
    }
}
