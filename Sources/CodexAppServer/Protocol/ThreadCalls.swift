import JSON

/// Starts a thread, and subscribes to it.
public struct ThreadStart: AppServerCall {
    public static let method = "thread/start"
    public typealias Result = OpenedThread

    public var cwd: String
    public var model: String?
    public var approvalPolicy: String
    public var sandbox: String
    /// Settings of Codex's configuration, by their dotted names, for this thread alone.
    public var config: [String: JSON]?

    public init(cwd: String, model: String?, approvalPolicy: String, sandbox: String, config: [String: JSON]?) {
        self.cwd = cwd
        self.model = model
        self.approvalPolicy = approvalPolicy
        self.sandbox = sandbox
        self.config = config
    }
}

/// Loads a thread from its rollout if it is not loaded, and subscribes to it. An active goal goes on with it.
public struct ThreadResume: AppServerCall {
    public static let method = "thread/resume"
    public typealias Result = OpenedThread

    public var threadId: String
    public var config: [String: JSON]?
    /// The history comes by ``ThreadTurnsList``.
    public var excludeTurns = true
    /// Of the turn that runs, which has what is under way in it, and there alone.
    public var initialTurnsPage = Page()

    public struct Page: Encodable, Sendable {
        public var limit = 1
        public var itemsView = ThreadTurnsList.Items.full
    }

    public init(threadId: String, config: [String: JSON]?) {
        self.threadId = threadId
        self.config = config
    }
}

public struct OpenedThread: Decodable, Sendable {
    public let thread: CodexThread
    public let model: String?
    public let cwd: String?
    public let initialTurnsPage: ThreadTurnsList.Result?
}

/// Reads what is known of a thread, loaded or not, without subscribing or loading.
public struct ThreadRead: AppServerCall {
    public static let method = "thread/read"
    public struct Result: Decodable, Sendable {
        public let thread: CodexThread
    }

    public var threadId: String

    public init(threadId: String) {
        self.threadId = threadId
    }
}

/// Turns, the newest first.
public struct ThreadTurnsList: AppServerCall {
    public static let method = "thread/turns/list"
    public struct Result: Decodable, Sendable {
        public let data: [ThreadTurn]
        public let nextCursor: String?
    }

    /// How much of what was said comes with each turn.
    public enum Items: String, Encodable, Sendable {
        case notLoaded, summary, full
    }

    public var threadId: String
    public var cursor: String?
    public var limit: Int
    public var itemsView: Items

    public init(threadId: String, cursor: String? = nil, limit: Int, items: Items = .full) {
        self.threadId = threadId
        self.cursor = cursor
        self.limit = limit
        itemsView = items
    }
}

/// The threads that are loaded in the server, whoever started them.
public struct ThreadLoadedList: AppServerCall {
    public static let method = "thread/loaded/list"
    public struct Result: Decodable, Sendable {
        public let data: [String]
        public let nextCursor: String?
    }

    public var cursor: String?

    public init(cursor: String? = nil) {
        self.cursor = cursor
    }
}

/// Also writes a new thread to disk: without it, one that has had no turn is lost with the server, and cannot be resumed.
public struct ThreadNameSet: AppServerCall {
    public static let method = "thread/name/set"
    public typealias Result = Unused

    public var threadId: String
    public var name: String

    public init(threadId: String, name: String) {
        self.threadId = threadId
        self.name = name
    }
}

/// Unloads a thread and moves its rollout to the archive, from where `codex unarchive` brings it back.
public struct ThreadArchive: AppServerCall {
    public static let method = "thread/archive"
    public typealias Result = Unused

    public var threadId: String

    public init(threadId: String) {
        self.threadId = threadId
    }
}

/// Takes a thread out of the archive, and does not load it.
public struct ThreadUnarchive: AppServerCall {
    public static let method = "thread/unarchive"
    public typealias Result = Unused

    public var threadId: String

    public init(threadId: String) {
        self.threadId = threadId
    }
}

/// Ends commands that a thread left running.
public struct BackgroundTerminalsClean: AppServerCall {
    public static let method = "thread/backgroundTerminals/clean"
    public typealias Result = Unused

    public var threadId: String

    public init(threadId: String) {
        self.threadId = threadId
    }
}
