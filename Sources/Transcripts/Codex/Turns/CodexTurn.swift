/// One turn of a Codex thread, as far as its rollout tells.
public struct CodexTurn: Sendable, Hashable {
    public enum Role: Sendable, Hashable { case user, agent }

    public struct Message: Sendable, Hashable {
        public let role: Role
        public let text: String
        /// What its sender called it (`clientUserMessageId`).
        public let clientID: String?
    }

    public enum End: Sendable, Hashable {
        case completed
        case failed(CodexTurnError)
        /// With Codex's word for why, such as `interrupted` or `replaced`.
        case aborted(String?)
        /// The program ended first: nothing in the rollout ends the turn.
        case cutOff
    }

    /// Codex's own; nil for a turn in an old version's rollout that does not name it.
    public let id: String?
    /// ISO 8601, UTC, with milliseconds.
    public let startedAt: String?
    /// In the order in which they came. More than one of the user's: the turn was steered; none: it goes on with a goal.
    public internal(set) var messages: [Message] = []
    /// nil while the turn is open, or may be.
    public internal(set) var end: End?
    public internal(set) var endedAt: String?

    init(id: String?, startedAt: String?) {
        self.id = id
        self.startedAt = startedAt
    }

    public var userTexts: [String] { messages.filter { $0.role == .user }.map(\.text) }
    public var agentTexts: [String] { messages.filter { $0.role == .agent }.map(\.text) }
}
