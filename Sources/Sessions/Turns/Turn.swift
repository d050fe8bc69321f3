import Transcripts

/// One message to an agent, and what became of it.
public struct Turn: Codable, Sendable, Hashable, Identifiable {
    /// Unique within a journal, and rising.
    public let id: Int64
    /// The session's id.
    public let session: String
    public let origin: TurnOrigin
    public var state: TurnState
    /// The message; nil once its retention is over, or when it was never known.
    public var text: String?
    /// The message's length, kept when the text is not.
    public let textBytes: Int
    /// The message is text for the model, even where it looks like a command of the agent's.
    public let literal: Bool

    /// Milliseconds since 1970, like all times here.
    public let createdAt: Int64
    /// When the agent was known to have the message.
    public var deliveredAt: Int64?
    /// When the agent began to work on it.
    public var startedAt: Int64?
    public var endedAt: Int64?

    /// The agent's own name for the turn: Claude's `prompt_id`, Codex's turn id.
    public var agentTurnID: String?
    /// Where the transcript ended before anything was typed.
    public var transcript: TranscriptPosition?
    /// Where in that file the turn's last line ends, in bytes: a wait that was cut off finds its answer before it.
    public var transcriptEnd: Int?
    /// Why it failed, was not delivered or is in doubt, in words for the user.
    public var reason: String?
    /// The message reached the model with additions that somebody typed.
    public var altered: Bool

    public init(
        id: Int64, session: String, origin: TurnOrigin, state: TurnState, text: String?, literal: Bool = false,
        createdAt: Int64
    ) {
        self.init(
            id: id, session: session, origin: origin, state: state, text: text, textBytes: text?.utf8.count ?? 0,
            literal: literal, createdAt: createdAt)
    }

    init(
        id: Int64, session: String, origin: TurnOrigin, state: TurnState, text: String?, textBytes: Int, literal: Bool,
        createdAt: Int64
    ) {
        self.id = id
        self.session = session
        self.origin = origin
        self.state = state
        self.text = text
        self.textBytes = textBytes
        self.literal = literal
        self.createdAt = createdAt
        altered = false
    }
}
