import Sessions

/// Delivers a message (or queues it, when the agent is busy).
public struct SendCall: ControlCall {
    public static let method = "send"
    public static var adviceWhenLost: String {
        "The message may have been taken, and is then delivered: look with `dev-sessions logs` before you send it again."
    }
    public var session: String
    public var text: String
    /// Text for the model, also where it looks like a command of the agent's.
    public var literal: Bool
    /// Queue it even into an open question.
    public var queue: Bool
    /// Add it to the running turn instead of queueing it behind.
    public var steer: Bool?
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

    public init(session: String, text: String, literal: Bool, queue: Bool, steer: Bool? = nil, caller: String?) {
        self.session = session
        self.text = text
        self.literal = literal
        self.queue = queue
        self.steer = steer
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
    /// The turn that runs, or else the next to begin, instead of the newest one.
    public var next: Bool?
    /// Turns by session, after which the next one is: what began and ended in a gap is not missed.
    public var after: [String: Int64]?
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

    public init(sessions: [String], any: Bool, timeoutMilliseconds: Int64, turn: Int64?, next: Bool? = nil, after: [String: Int64]? = nil, caller: String?) {
        self.sessions = sessions
        self.any = any
        self.timeoutMilliseconds = timeoutMilliseconds
        self.turn = turn
        self.next = next
        self.after = after
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
