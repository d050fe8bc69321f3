/// What a transcript's newest entries mean.
public enum TranscriptEvent: Sendable, Hashable {
    case turnStarted(TranscriptTurn)
    /// Its ``TranscriptTurn/end`` is set.
    case turnEnded(TranscriptTurn)
    case assistantText(String, turn: TranscriptTurn.ID)
    /// A message was entered while a turn ran.
    case messageQueued(QueuedMessage)
    /// A queued message became part of a turn that another queued message started; it has no turn of its own.
    case messageMerged(TranscriptTurn.Message, turn: TranscriptTurn.ID)
    /// A queued message was given to the running turn; it has no turn of its own.
    case messageAbsorbed(TranscriptTurn.Message, turn: TranscriptTurn.ID?)
    /// A queued message left the queue without reaching the model.
    case messageDropped(QueuedMessage, reason: DropReason)
    case questionAsked(PendingQuestion, turn: TranscriptTurn.ID)
    case questionSettled(PendingQuestion, PendingQuestion.Outcome, turn: TranscriptTurn.ID)
    /// A slash command has printed something, or is not known to the program.
    case commandOutcome(CommandOutcome)
    /// The conversation begins anew with this file.
    case conversationCleared
    case compacted(Compaction)
}

/// Who wrote a message.
public enum MessageOrigin: Sendable, Hashable {
    case human
    /// The program, on behalf of a background agent or task.
    case taskNotification
    /// The program's word for anything else, such as `peer`.
    case other(String)

    init(kind: String?, text: String) {
        switch kind {
        case "human": self = .human
        case "task-notification": self = .taskNotification
        case .some(let kind): self = .other(kind)
        case nil: self = text.hasPrefix("<task-notification>") ? .taskNotification : .human
        }
    }
}

public struct QueuedMessage: Sendable, Hashable {
    public let text: String
    public let origin: MessageOrigin
}

/// Why a queued message did not reach the model.
public enum DropReason: Sendable, Hashable {
    /// Taken out of the queue; with the program's word for why, if it gave one.
    case removed(String?)
    /// The agent is idle, so its queue is empty.
    case agentIdle
    /// The agent's process has ended, and its queue with it.
    case agentGone
}

/// What came of a slash command.
public struct CommandOutcome: Sendable, Hashable {
    public enum Status: Sendable, Hashable { case succeeded, failed, unknown }

    /// With its slash, without arguments.
    public let name: String
    public let status: Status
    /// What it printed, as it stands in the transcript.
    public let output: String
}

/// The conversation so far was replaced by a summary.
public struct Compaction: Sendable, Hashable {
    /// `manual` or `auto`.
    public let trigger: String?
    public let tokensBefore: Int?
    public let tokensAfter: Int?
}
