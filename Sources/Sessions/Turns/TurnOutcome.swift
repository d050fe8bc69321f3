/// What a turn's state means to those outside: the one table for commands, the npm tool's file and the event log.
///
/// | state | `wait` | npm tool | event |
/// |---|---|---|---|
/// | queued, delivering | goes on | – | `turn.queued`, `turn.delivering` |
/// | running | goes on | – | `turn.started` |
/// | waiting_for_input | 3 | – | `input.needed` |
/// | completed | 0 | completed | `turn.ended` |
/// | failed, cut_off, undelivered | 1, reason on stderr | failed | `turn.ended` |
/// | interrupted, cancelled | 1, reason on stderr | interrupted | `turn.ended` |
///
/// 124 stays what it is with the npm tool: the time was over. (There, an interrupted turn of Codex's counts as that.)
public struct TurnOutcome: Sendable, Hashable {
    /// The npm tool's words for a turn that is over (`lastTurnStatus` in its file, version 0.4.4).
    public enum Status: String, Codable, Sendable, Hashable {
        case completed
        case failed
        case interrupted
    }

    /// What `wait` and `ask` exit with; nil while there is something to wait for.
    public let exitCode: Int32?
    public let status: Status?
    /// The event that tells of the state.
    public let event: EventKind

    /// What `wait` exits with when its time is over.
    public static let timedOutExitCode: Int32 = 124

    public init(_ state: TurnState) {
        (exitCode, status, event) = switch state {
        case .queued: (nil, nil, .turnQueued)
        case .delivering: (nil, nil, .turnDelivering)
        case .running: (nil, nil, .turnStarted)
        case .waitingForInput: (3, nil, .inputNeeded)
        case .completed: (0, .completed, .turnEnded)
        case .failed, .cutOff, .undelivered: (1, .failed, .turnEnded)
        case .interrupted, .cancelled: (1, .interrupted, .turnEnded)
        }
    }
}

extension TurnState {
    public var outcome: TurnOutcome { TurnOutcome(self) }
}
