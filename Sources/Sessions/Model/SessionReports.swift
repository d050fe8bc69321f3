import JSON

/// What a session is doing, in the npm tool's words.
public enum SessionState: String, Codable, Sendable, Hashable {
    case idle
    case working
    case waitingForInput = "waiting_for_input"
    /// The agent is being started again.
    case restarting
    /// The agent is gone; the conversation is kept.
    case exited
}

/// Where a statement about an agent comes from, in falling order of trust.
public enum FactSource: String, Codable, Sendable, Hashable {
    case hook
    case statusFile = "status-file"
    case transcript
    case process
    /// Codex's app-server, which tells of everything.
    case appServer = "app-server"
}

/// What `status` tells of a session.
public struct SessionStatus: Codable, Sendable, Hashable {
    public var id: String
    public var state: SessionState
    /// What `state` was concluded from.
    public var source: FactSource
    public var agent: AgentKind
    public var agentVersion: String?
    /// The agent's process.
    public var processID: Int32?
    /// Whether the agent's hooks reach the supervisor. Without them the status file and the transcript tell the state, and `respond` cannot answer.
    public var hooks: Bool
    public var transcript: String?
    /// The newest turn, if there is one.
    public var turn: TurnReport?
    /// Turns that are not delivered yet.
    public var queued: Int
    public var pending: [PendingInput]
    /// The session that created it.
    public var parent: String?
    /// What is wrong with the agent, until its next turn.
    public var problem: String?

    public init(
        id: String, state: SessionState, source: FactSource, agent: AgentKind, agentVersion: String?, processID: Int32?,
        hooks: Bool, transcript: String?, turn: TurnReport?, queued: Int, pending: [PendingInput], parent: String? = nil,
        problem: String? = nil
    ) {
        self.id = id
        self.state = state
        self.source = source
        self.agent = agent
        self.agentVersion = agentVersion
        self.processID = processID
        self.hooks = hooks
        self.transcript = transcript
        self.turn = turn
        self.queued = queued
        self.pending = pending
        self.parent = parent
        self.problem = problem
    }
}

/// A turn as commands show it: without its text.
public struct TurnReport: Codable, Sendable, Hashable {
    public var id: Int64
    public var state: TurnState
    public var origin: String
    /// Why it failed, was not delivered or is in doubt.
    public var reason: String?
    /// The agent's own name for it (Claude's `prompt_id`).
    public var agentTurnID: String?
    /// The message reached the model with additions that somebody typed.
    public var altered: Bool
    /// Milliseconds since 1970.
    public var createdAt: Int64
    public var endedAt: Int64?

    public init(
        id: Int64, state: TurnState, origin: String, reason: String?, agentTurnID: String?, altered: Bool,
        createdAt: Int64, endedAt: Int64?
    ) {
        self.id = id
        self.state = state
        self.origin = origin
        self.reason = reason
        self.agentTurnID = agentTurnID
        self.altered = altered
        self.createdAt = createdAt
        self.endedAt = endedAt
    }
}

/// How a wait for one session came out.
public struct WaitOutcome: Codable, Sendable, Hashable {
    public var session: String
    public var agent: AgentKind?
    /// Nil when the session ended without a turn, or works on nothing.
    public var turn: TurnReport?
    /// What is needed, when `turn` waits for input.
    public var pending: [PendingInput]
    /// Why the session is over, when its agent is gone.
    public var ended: String?

    public init(session: String, agent: AgentKind? = nil, turn: TurnReport?, pending: [PendingInput], ended: String?) {
        self.session = session
        self.agent = agent
        self.turn = turn
        self.pending = pending
        self.ended = ended
    }
}

/// One entry of `logs`.
public struct LogMessage: Codable, Sendable, Hashable {
    public enum Role: String, Codable, Sendable {
        case human
        case assistant
    }
    public var role: Role
    public var text: String

    public init(role: Role, text: String) {
        self.role = role
        self.text = text
    }
}

/// A server in which several sessions' agents live, as Codex's app-server.
public struct AgentServer: Codable, Sendable, Hashable {
    public var agent: AgentKind
    public var version: String?
    public var processID: Int32?
    /// Where it listens.
    public var socket: String
    /// The folder whose conversations it has (`CODEX_HOME`).
    public var home: String
    /// We started it, and end it when nobody uses it any more; otherwise it is the user's.
    public var isOurs: Bool

    public init(agent: AgentKind, version: String?, processID: Int32?, socket: String, home: String, isOurs: Bool) {
        self.agent = agent
        self.version = version
        self.processID = processID
        self.socket = socket
        self.home = home
        self.isOurs = isOurs
    }
}

/// What `supervisor status` tells.
public struct SupervisorStatus: Codable, Sendable, Hashable {
    public var version: String
    public var processID: Int32
    /// Milliseconds since 1970.
    public var startedAt: Int64
    public var stateDirectory: String
    public var sessions: Int
    public var residentBytes: Int
    /// The longest turn of the event loop since the last question, in microseconds.
    public var longestTurnMicroseconds: Int
    /// What was found damaged or doubtful at start.
    public var reports: [String]
    public var agentServers: [AgentServer]?

    public init(
        version: String, processID: Int32, startedAt: Int64, stateDirectory: String, sessions: Int, residentBytes: Int,
        longestTurnMicroseconds: Int, reports: [String], agentServers: [AgentServer] = []
    ) {
        self.version = version
        self.processID = processID
        self.startedAt = startedAt
        self.stateDirectory = stateDirectory
        self.sessions = sessions
        self.residentBytes = residentBytes
        self.longestTurnMicroseconds = longestTurnMicroseconds
        self.reports = reports
        self.agentServers = agentServers
    }
}

/// What the process in a new pane becomes: handed over the socket, so that nothing of it stands in an argument list or in tmux's environment.
public struct LaunchPlan: Codable, Sendable {
    public var directory: String
    public var executable: String
    public var arguments: [String]
    public var environment: [String: String]

    public init(directory: String, executable: String, arguments: [String], environment: [String: String]) {
        self.directory = directory
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }
}
