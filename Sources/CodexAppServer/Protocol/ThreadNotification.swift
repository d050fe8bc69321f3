import JSON

/// What the server tells of one thread (codex-cli 0.163.0).
///
/// Status changes, archiving and closing are told to every connection; the rest to those that started or resumed
/// the thread.
public enum ThreadNotification: Sendable, Hashable {
    case turnStarted(ThreadTurn)
    /// Comes after the status has become idle, or `systemError`.
    case turnCompleted(ThreadTurn)
    case itemStarted(ThreadItem, turn: String)
    /// For a command that outlives its turn, after the turn's end.
    case itemCompleted(ThreadItem, turn: String)
    case statusChanged(CodexThreadStatus)
    /// Somebody has answered a request, or nobody has to any more.
    case requestResolved(JSON)
    case goalUpdated(CodexGoal)
    case goalCleared
    /// The server tries again if it says so; otherwise the turn fails.
    case failing(CodexTurnError, willRetry: Bool, turn: String?)
    case archived
    case deleted
    /// Unloaded: nobody was subscribed for 30 minutes.
    case closed
    /// Of no interest, or of a later version.
    case other(method: String)

    static let requestResolvedMethod = "serverRequest/resolved"

    /// - Throws: when a notification of a known kind has not the fields that it should have.
    init(method: String, parameters: JSON) throws(JSONError) {
        func field<Value: Decodable>(_ name: String) throws(JSONError) -> Value {
            try (parameters[name] ?? .null).decode()
        }
        switch method {
        case "turn/started": self = .turnStarted(try field("turn"))
        case "turn/completed": self = .turnCompleted(try field("turn"))
        case "item/started": self = .itemStarted(try field("item"), turn: try field("turnId"))
        case "item/completed": self = .itemCompleted(try field("item"), turn: try field("turnId"))
        case "thread/status/changed": self = .statusChanged(try field("status"))
        case Self.requestResolvedMethod: self = .requestResolved(parameters["requestId"] ?? .null)
        case "thread/goal/updated": self = .goalUpdated(try field("goal"))
        case "thread/goal/cleared": self = .goalCleared
        case "error":
            self = .failing(try field("error"), willRetry: parameters["willRetry"]?.bool ?? false, turn: parameters["turnId"]?.string)
        case "thread/archived": self = .archived
        case "thread/deleted": self = .deleted
        case "thread/closed": self = .closed
        default: self = .other(method: method)
        }
    }
}

/// Something that the server wants to have decided, and waits for without limit.
public struct ServerRequest: Sendable, Hashable {
    /// The server's own, from 0 up in each of its lives; replayed with the same one after a reconnection.
    public let id: JSON
    public let method: String
    public let parameters: JSON

    public init(id: JSON, method: String, parameters: JSON) {
        self.id = id
        self.method = method
        self.parameters = parameters
    }

    public var thread: String? {
        (parameters["threadId"] ?? parameters["conversationId"])?.string
    }
}
