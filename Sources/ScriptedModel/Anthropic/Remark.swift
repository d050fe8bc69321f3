import Directives

/// What Claude Code 2.1.329 says in the user's place.
public enum Remark: Sendable, Hashable {
    /// The answer had no text: it asks for one.
    case emptyAnswer
    /// The answer stopped at the token limit: it asks to go on.
    case tokenLimit
    /// It asks for the summary that replaces the conversation.
    case compaction
    /// A background sub-agent has ended.
    case taskNotification
    /// What a `!` command printed, which the model sees as if asked about it.
    case shellCommand
    /// A summary, an interruption, a local command and its output: nothing to answer by itself.
    case note

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

    /// Nil for a text that is the user's own.
    init?(_ text: some StringProtocol) {
        guard let remark = Self.openings.first(where: { text.hasPrefix($0.text) })?.remark else { return nil }
        self = remark
    }

    /// The model's answer to it.
    var reply: Reply {
        switch self {
        case .emptyAnswer: .message(.init([]))
        case .tokenLimit: .text("rt, and here is the rest")
        case .compaction: .text("summary: the conversation so far was scripted")
        case .taskNotification: .text("ok: the sub-agent has ended")
        case .shellCommand: .text("ok: the command has run")
        case .note: .text("ok")
        }
    }
}
