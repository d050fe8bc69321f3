import JSON
import Sessions

/// The protocol between a command and the supervisor: JSON-RPC 2.0, one object per line, over a Unix socket.
///
/// A client's first line is always a ``Hello`` request. A supervisor that speaks another
/// ``ControlProtocol/version`` answers it with ``ControlError/Code/incompatible`` and takes nothing else.
public enum ControlProtocol {
    /// Changed whenever a message changes in a way that an older peer would misread.
    public static let version = 1
}

/// A call that the supervisor answers: its method's name, its parameters and its result belong together.
public protocol ControlCall: Codable, Sendable {
    associatedtype Result: Codable & Sendable
    static var method: String { get }
}

/// A result without content.
public struct Done: Codable, Sendable {
    public init() {}
}

/// Opens every connection.
public struct Hello: ControlCall {
    public static let method = "hello"
    public var protocolVersion: Int
    public var programVersion: String

    public struct Result: Codable, Sendable {
        public var protocolVersion: Int
        public var programVersion: String
        public var processID: Int32

        public init(protocolVersion: Int, programVersion: String, processID: Int32) {
            self.protocolVersion = protocolVersion
            self.programVersion = programVersion
            self.processID = processID
        }
    }

    public init(protocolVersion: Int = ControlProtocol.version, programVersion: String) {
        self.protocolVersion = protocolVersion
        self.programVersion = programVersion
    }
}

/// Makes a session and returns when its agent takes messages.
public struct CreateCall: ControlCall {
    public static let method = "create"
    public typealias Result = SessionRecord
    public var session: NewSession

    public init(session: NewSession) {
        self.session = session
    }
}

/// Delivers a message (or queues it, when the agent is busy).
public struct SendCall: ControlCall {
    public static let method = "send"
    public var session: String
    public var text: String
    /// Text for the model, also where it looks like a command of the agent's.
    public var literal: Bool
    /// Queue it even into an open question.
    public var queue: Bool
    /// The session on whose behalf the command runs, from `DEV_SESSIONS_SESSION`.
    public var caller: String?

    public struct Result: Codable, Sendable {
        public var turn: Int64
        /// `running`, or `queued` when the agent was busy.
        public var state: TurnState
        /// What was changed before typing, for example "CRLF became LF"; empty when nothing was.
        public var normalizations: [String]

        public init(turn: Int64, state: TurnState, normalizations: [String]) {
            self.turn = turn
            self.state = state
            self.normalizations = normalizations
        }
    }

    public init(session: String, text: String, literal: Bool, queue: Bool, caller: String?) {
        self.session = session
        self.text = text
        self.literal = literal
        self.queue = queue
        self.caller = caller
    }
}

/// Waits for turns to end or to need input.
public struct WaitCall: ControlCall {
    public static let method = "wait"
    public var sessions: [String]
    /// Return when one of the sessions is done, instead of all.
    public var any: Bool
    public var timeoutMilliseconds: Int64
    /// A turn to wait for instead of the newest one; only with one session.
    public var turn: Int64?
    /// The session on whose behalf the command runs: it must not wait for itself or an ancestor.
    public var caller: String?

    public struct Result: Codable, Sendable {
        /// One for each session that is done, in the order in which they were asked for.
        public var outcomes: [WaitOutcome]
        /// The sessions that were not done when the time was over.
        public var timedOut: [String]

        public init(outcomes: [WaitOutcome], timedOut: [String]) {
            self.outcomes = outcomes
            self.timedOut = timedOut
        }
    }

    public init(sessions: [String], any: Bool, timeoutMilliseconds: Int64, turn: Int64?, caller: String?) {
        self.sessions = sessions
        self.any = any
        self.timeoutMilliseconds = timeoutMilliseconds
        self.turn = turn
        self.caller = caller
    }
}

/// The last answers of a session, from its transcript.
public struct LastMessageCall: ControlCall {
    public static let method = "last-message"
    public var session: String
    /// How many text blocks, newest last.
    public var count: Int
    /// Only this turn's text blocks.
    public var turn: Int64?

    public struct Result: Codable, Sendable {
        public var blocks: [String]
        public var pending: [PendingInput]

        public init(blocks: [String], pending: [PendingInput]) {
            self.blocks = blocks
            self.pending = pending
        }
    }

    public init(session: String, count: Int, turn: Int64?) {
        self.session = session
        self.count = count
        self.turn = turn
    }
}

public struct StatusCall: ControlCall {
    public static let method = "status"
    public typealias Result = SessionStatus
    public var session: String

    public init(session: String) {
        self.session = session
    }
}

public struct ListCall: ControlCall {
    public static let method = "list"
    /// Also sessions whose agent has exited.
    public var all: Bool

    public struct Result: Codable, Sendable {
        public var sessions: [SessionRecord]
        /// For stderr, one line each.
        public var warnings: [String]

        public init(sessions: [SessionRecord], warnings: [String]) {
            self.sessions = sessions
            self.warnings = warnings
        }
    }

    public init(all: Bool) {
        self.all = all
    }
}

/// The conversation, as the npm tool prints it. With `follow`, later turns come as ``LogNotification``s until the client leaves.
public struct LogsCall: ControlCall {
    public static let method = "logs"
    public var session: String
    public var follow: Bool

    public struct Result: Codable, Sendable {
        public var messages: [LogMessage]

        public init(messages: [LogMessage]) {
            self.messages = messages
        }
    }

    public init(session: String, follow: Bool) {
        self.session = session
        self.follow = follow
    }
}

public struct LogNotification: Codable, Sendable {
    public static let method = "log"
    /// Nil when the session is over and nothing more will be said.
    public var message: LogMessage?

    public init(message: LogMessage?) {
        self.message = message
    }
}

/// The stored record.
public struct InspectCall: ControlCall {
    public static let method = "inspect"
    public typealias Result = SessionRecord
    public var session: String

    public init(session: String) {
        self.session = session
    }
}

public struct KillCall: ControlCall {
    public static let method = "kill"
    public enum Target: Codable, Sendable {
        case session(String)
        case all
        /// Not used for at least this long.
        case olderThan(milliseconds: Int64)
    }
    public var target: Target
    /// Also removes what the journal holds of it.
    public var purge: Bool

    public struct Result: Codable, Sendable {
        public var killed: [String]
        public var failures: [Failure]

        public init(killed: [String], failures: [Failure]) {
            self.killed = killed
            self.failures = failures
        }
    }

    public struct Failure: Codable, Sendable {
        public var session: String
        public var message: String

        public init(session: String, message: String) {
            self.session = session
            self.message = message
        }
    }

    public init(target: Target, purge: Bool) {
        self.target = target
        self.purge = purge
    }
}

/// What the agent waits for.
public struct PendingCall: ControlCall {
    public static let method = "pending"
    public typealias Result = [PendingInput]
    public var session: String

    public init(session: String) {
        self.session = session
    }
}

/// Answers what the agent waits for: the oldest request, or the one named.
public struct RespondCall: ControlCall {
    public static let method = "respond"
    public var session: String
    public var response: InputResponse
    public var request: String?

    public struct Result: Codable, Sendable {
        public var answered: PendingInput

        public init(answered: PendingInput) {
            self.answered = answered
        }
    }

    public init(session: String, response: InputResponse, request: String?) {
        self.session = session
        self.response = response
        self.request = request
    }
}

/// Stops the running turn; returns when the agent is idle with an empty input box.
public struct InterruptCall: ControlCall {
    public static let method = "interrupt"
    public var session: String

    public struct Result: Codable, Sendable {
        /// False when nothing was running.
        public var interrupted: Bool

        public init(interrupted: Bool) {
            self.interrupted = interrupted
        }
    }

    public init(session: String) {
        self.session = session
    }
}

/// How a person gets to the session's terminal.
public struct AttachCall: ControlCall {
    public static let method = "attach"
    public var session: String

    public struct Result: Codable, Sendable {
        /// The program to run in the caller's terminal, with its arguments.
        public var command: [String]

        public init(command: [String]) {
            self.command = command
        }
    }

    public init(session: String) {
        self.session = session
    }
}

public struct SupervisorStatusCall: ControlCall {
    public static let method = "supervisor.status"
    public typealias Result = SupervisorStatus

    public init() {}
}

/// Ends the supervisor; sessions go on without it.
public struct SupervisorStopCall: ControlCall {
    public static let method = "supervisor.stop"
    public typealias Result = Done

    public init() {}
}

/// Asked by `dev-sessions launch` in a new pane: what it is to become.
public struct LaunchCall: ControlCall {
    public static let method = "launch"
    public typealias Result = LaunchPlan
    public var session: String

    public init(session: String) {
        self.session = session
    }
}

/// Asked by `dev-sessions editor`, which agents run as their editor.
public struct EditorCall: ControlCall {
    public static let method = "editor"
    public typealias Result = EditorAnswer
    public var session: String

    public init(session: String) {
        self.session = session
    }
}

/// A hook of the agent's. The answer comes at once, except for a request that a caller is to decide.
public struct HookCall: ControlCall {
    public static let method = "hook"
    public var session: String
    /// As the agent wrote it to the hook's stdin.
    public var payload: JSON

    public struct Result: Codable, Sendable {
        /// What the hook prints, if anything.
        public var output: JSON?

        public init(output: JSON?) {
            self.output = output
        }
    }

    public init(session: String, payload: JSON) {
        self.session = session
        self.payload = payload
    }
}
