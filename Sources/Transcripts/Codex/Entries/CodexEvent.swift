import JSON

/// The payload of an event.
public enum CodexEvent: Sendable, Hashable {
    case turnStarted(turn: String)
    /// Also of a turn that failed: then with the error.
    case turnCompleted(turn: String, lastAgentMessage: String?, error: CodexTurnError?)
    /// `interrupted`, `replaced`, `review_ended`, …; some versions do not name the turn.
    case turnAborted(turn: String?, reason: String?)
    /// Paginated rollouts only. It may come after the turn's end: a command goes on when its turn was interrupted.
    case itemCompleted(CodexItem, turn: String?)
    /// Legacy rollouts only: of the turn that is open.
    case userMessage(String)
    /// Legacy rollouts only: of the turn that is open.
    case agentMessage(String)
    case goalUpdated(JSON)
    /// Legacy rollouts only: the last turns were taken back.
    case rolledBack(turns: Int)
    /// Anything else (`token_count`, `thread_settings_applied`, …), with its type's name.
    case other(String, JSON)

    public init(_ json: JSON) {
        let type = json["type"]?.string ?? ""
        let turn = json["turn_id"]?.string
        switch type {
        case "task_started", "turn_started":
            self = turn.map { .turnStarted(turn: $0) } ?? .other(type, json)
        case "task_complete", "turn_complete":
            self = turn.map {
                .turnCompleted(
                    turn: $0, lastAgentMessage: json["last_agent_message"]?.string,
                    error: json["error"]?.object.map(CodexTurnError.init))
            } ?? .other(type, json)
        case "turn_aborted":
            self = .turnAborted(turn: turn, reason: json["reason"]?.string)
        case "item_completed":
            self = .itemCompleted(CodexItem(json["item"] ?? .null), turn: turn)
        case "user_message":
            self = .userMessage(json["message"]?.string ?? "")
        case "agent_message":
            self = .agentMessage(json["message"]?.string ?? "")
        case "thread_goal_updated":
            self = .goalUpdated(json["goal"] ?? json)
        case "thread_rolled_back":
            self = .rolledBack(turns: json["num_turns"]?.int ?? 0)
        default:
            self = .other(type, json)
        }
    }
}

/// Why a turn failed, in Codex's words.
public struct CodexTurnError: Sendable, Hashable {
    public let message: String
    /// A word such as `usage_limit_exceeded`, or an object that holds one.
    public let info: JSON?

    init(_ json: JSON.Object) {
        message = json["message"]?.string ?? ""
        info = json["codex_error_info"]
    }
}
