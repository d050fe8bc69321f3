import Sessions

/// Makes a session and returns when its agent takes messages.
public struct CreateCall: ControlCall {
    public static let method = "create"
    public static var adviceWhenLost: String { "The session may have been made: look with `dev-sessions list` before you create it again." }
    public typealias Result = SessionRecord
    public var session: NewSession

    public init(session: NewSession) {
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

/// The stored record.
public struct InspectCall: ControlCall {
    public static let method = "inspect"
    public typealias Result = SessionRecord
    public var session: String

    public init(session: String) {
        self.session = session
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
        public var failures: [SessionFailure]

        public init(killed: [String], failures: [SessionFailure]) {
            self.killed = killed
            self.failures = failures
        }
    }

    public init(target: Target, purge: Bool) {
        self.target = target
        self.purge = purge
    }
}

/// Starts a session's agent again, in its place.
public struct RestartCall: ControlCall {
    public static let method = "restart"
    /// Nil for all whose agents have ended without being meant to.
    public var session: String?
    /// With a new conversation.
    public var fresh: Bool

    public struct Result: Codable, Sendable {
        public var restarted: [String]
        public var failures: [SessionFailure]

        public init(restarted: [String], failures: [SessionFailure]) {
            self.restarted = restarted
            self.failures = failures
        }
    }

    public init(session: String?, fresh: Bool) {
        self.session = session
        self.fresh = fresh
    }
}

/// One of several sessions with which something could not be done.
public struct SessionFailure: Codable, Sendable {
    public var session: String
    public var message: String

    public init(session: String, message: String) {
        self.session = session
        self.message = message
    }
}
