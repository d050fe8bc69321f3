/// Which program a session runs. An open string: a new agent needs no change here.
public struct AgentKind: RawRepresentable, Codable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let claude = AgentKind(rawValue: "claude")
    public static let codex = AgentKind(rawValue: "codex")

    public var description: String { rawValue }
}

/// What `create` asks for.
public struct NewSession: Codable, Sendable {
    public var agent: AgentKind
    /// Absolute path of an existing folder.
    public var path: String
    public var description: String?
    /// `native`, as the npm tool names it.
    public var mode: String
    public var model: String?
    /// The id asked for; nil picks a name.
    public var id: String?
    /// Starts the agent in this permission mode instead of skipping permissions.
    public var permissionMode: String?
    /// When Codex asks before it runs a command; nil for never, as with the npm tool.
    public var approvalPolicy: String?
    /// What Codex's commands may do; nil for everything, as with the npm tool.
    public var sandbox: String?
    /// The caller trusts the folder: no dialog is to ask about it.
    public var trust: Bool
    /// Passed to the agent as they are.
    public var agentArguments: [String]
    /// The caller's whole environment: the agent gets it, and nothing of the supervisor's.
    public var environment: [String: String]
    /// The session on whose behalf `create` runs, from `DEV_SESSIONS_SESSION`.
    public var parent: String?

    public init(
        agent: AgentKind, path: String, description: String?, mode: String, model: String?, id: String?,
        permissionMode: String?, approvalPolicy: String? = nil, sandbox: String? = nil, trust: Bool, agentArguments: [String], environment: [String: String], parent: String?
    ) {
        self.agent = agent
        self.path = path
        self.description = description
        self.mode = mode
        self.model = model
        self.id = id
        self.permissionMode = permissionMode
        self.approvalPolicy = approvalPolicy
        self.sandbox = sandbox
        self.trust = trust
        self.agentArguments = agentArguments
        self.environment = environment
        self.parent = parent
    }
}
