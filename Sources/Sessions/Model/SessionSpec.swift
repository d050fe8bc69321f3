import JSON

/// What is kept of a session across restarts of the supervisor.
public struct SessionSpec: Codable, Sendable, Identifiable {
    public let id: String
    public let agent: AgentKind
    public let mode: String
    /// Absolute.
    public let path: String
    public let description: String?
    public let model: String?
    public let permissionMode: String?
    public let trust: Bool
    public let agentArguments: [String]
    /// The session that created it.
    public let parent: String?
    /// Milliseconds since 1970.
    public let createdAt: Int64
    public var lastUsed: Int64
    /// The agent's own name for the conversation: Claude's session id, Codex's thread id.
    public var conversation: String
    /// Why the agent is gone, once it is.
    public var ended: String?
    /// Whether that was meant.
    public var exitKind: AgentExit.Kind?
    /// Fields of the npm tool's record that only this kind of agent has.
    public var agentRecord: JSON
    /// What the backend needs to find its agent again; only the backend reads it.
    public var agentState: JSON

    public init(_ new: NewSession, id: String, conversation: String, createdAt: Int64) {
        self.id = id
        agent = new.agent
        mode = new.mode
        path = new.path
        description = new.description
        model = new.model
        permissionMode = new.permissionMode
        trust = new.trust
        agentArguments = new.agentArguments
        parent = new.parent
        self.createdAt = createdAt
        lastUsed = createdAt
        self.conversation = conversation
        agentRecord = [:]
        agentState = .null
    }
}
