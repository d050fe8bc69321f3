import Directives

/// What the agent program says in the user's place.
public enum Remark: Sendable, Hashable {
    /// The answer had no text: it asks for one.
    case emptyAnswer
    /// The answer stopped at the token limit: it asks to go on.
    case tokenLimit
    /// It asks for the summary that replaces the conversation.
    case compaction
    /// It asks for a title of the conversation.
    case title
    /// A background sub-agent has ended.
    case taskNotification
    /// What a `!` command printed, which the model sees as if asked about it.
    case shellCommand
    /// A summary, an interruption, a local command and its output: nothing to answer by itself.
    case note

    /// The model's answer to it.
    var reply: Reply {
        switch self {
        case .emptyAnswer: .message(.init([]))
        case .tokenLimit: .text("rt, and here is the rest")
        case .compaction: .text("summary: the conversation so far was scripted")
        case .title: .text(#"{"title":"A scripted conversation"}"#)
        case .taskNotification: .text("ok: the sub-agent has ended")
        case .shellCommand: .text("ok: the command has run")
        case .note: .text("ok")
        }
    }
}
