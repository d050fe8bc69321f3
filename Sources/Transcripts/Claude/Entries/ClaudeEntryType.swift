/// What kind of entry a line of a Claude transcript is.
public enum ClaudeEntryType: Sendable, Hashable {
    /// `user`, which versions before 2 called `human`: a prompt, a tool's result, an interruption, a local command.
    case user
    case assistant
    case system
    case attachment
    /// A message was queued, taken from the queue or removed from it.
    case queueOperation
    /// Older versions: a running tool's progress.
    case progress
    /// Anything else (`mode`, `file-history-snapshot`, `api-request-blob`, …): of no interest to a reader of turns.
    /// An `api-request-blob` holds a `message` with a role, so it is the type alone that tells.
    case bookkeeping(String)

    init(_ name: String) {
        switch name {
        case "system": self = .system
        case "attachment": self = .attachment
        case "queue-operation": self = .queueOperation
        case "progress": self = .progress
        default:
            switch name.lowercased() {
            case "user", "human": self = .user
            case "assistant": self = .assistant
            default: self = .bookkeeping(name)
            }
        }
    }
}
