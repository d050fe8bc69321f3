/// One turn of a conversation, as far as its transcript tells.
public struct TranscriptTurn: Sendable, Hashable, Identifiable {
    /// What made the turn begin.
    public enum Source: Sendable, Hashable {
        /// Entered at the idle prompt, by a person or by us.
        case typed
        /// Entered while another turn ran.
        case queued
        /// A background agent or task has finished.
        case taskNotification
        /// A slash command, with its slash.
        case command(String)
        /// A shell command entered with `!`.
        case bash
        /// The turn's beginning was not read.
        case continued
        /// The program's own word for a source that is not known here.
        case other(String)
    }

    /// How a message came into the turn.
    public enum Arrival: Sendable, Hashable {
        /// It started the turn.
        case started
        /// It was taken from the queue together with the one that started the turn.
        case merged
        /// It was given to the model while the turn ran.
        case absorbed
    }

    public struct Message: Sendable, Hashable {
        /// The uuid of its entry; `nil` when it has none of its own.
        public let uuid: String?
        /// The id that hooks are given; an absorbed message has none of its own.
        public let promptID: String?
        public let text: String
        public let arrival: Arrival
        public let origin: MessageOrigin
    }

    public struct ToolCall: Sendable, Hashable {
        public let id: String
        public let name: String
    }

    /// The uuid of the entry that began the turn.
    public let id: String
    public let source: Source
    /// The time of the first entry: ISO 8601, UTC, with milliseconds.
    public let startedAt: String?
    /// In the order in which they came; a turn whose beginning was not read may have none.
    public internal(set) var messages: [Message]
    /// The assistant's text blocks, in order; the oldest are dropped when they are too many (``droppedTexts``).
    public internal(set) var texts: [String] = []
    /// How many text blocks are no longer in ``texts``; they stand in the transcript.
    public internal(set) var droppedTexts = 0
    /// Calls whose result is not there yet, in order.
    public internal(set) var openToolCalls: [ToolCall] = []
    /// The question that waits for an answer.
    public internal(set) var pendingQuestion: PendingQuestion?
    /// Of a command or shell command: what it printed.
    public internal(set) var commandOutput: String?
    /// `nil` while the turn is open.
    public internal(set) var end: TurnEnd?
    public internal(set) var endedAt: String?
    /// As the program measured it, without the time that dialogs waited.
    public internal(set) var duration: Duration?
    /// Agents that still work in the background though the turn has ended; another turn will tell of their end.
    public internal(set) var pendingBackgroundAgents = 0

    init(id: String, source: Source, startedAt: String?, messages: [Message]) {
        self.id = id
        self.source = source
        self.startedAt = startedAt
        self.messages = messages
    }

    /// The id that hooks are given for this turn.
    public var promptID: String? { messages.first?.promptID }
    /// The message that started the turn.
    public var text: String { messages.first?.text ?? "" }
    public var isOpen: Bool { end == nil }

    /// Whether the model has done anything that the transcript shows.
    public internal(set) var hasResponse = false
    /// Whether the turn's latest entry is the assistant's, so that it may have been the last.
    var endsWithAssistant = false
    var lastStopReason: String?
    /// The tool that a person denied last, for the kind of interruption that follows.
    var lastDenial: Denial?

    struct Denial: Sendable, Hashable {
        let tool: ToolCall?
        let beforeRun: Bool
        let wasQuestion: Bool
    }
}
