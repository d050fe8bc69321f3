/// Where a turn stands, from the moment its message is on disk until it is over.
///
/// A message that we send begins as `queued`; a turn that somebody else begins is first seen as `running`.
public enum TurnState: String, Codable, Sendable, Hashable, CaseIterable {
    /// On disk, and nothing has been typed: the agent is busy, or its turn comes next.
    case queued
    /// Being typed. After a crash in this state it is in doubt whether the agent has the message.
    case delivering
    /// The agent has the message.
    case running
    /// The agent has asked a question or for a permission, and goes on when it is answered.
    case waitingForInput = "waiting_for_input"
    /// The agent answered.
    case completed
    /// The agent ended the turn with an error of its own or of its model.
    case failed
    /// Somebody stopped the agent while it answered.
    case interrupted
    /// The agent died.
    case cutOff = "cut_off"
    /// Taken back before the agent answered.
    case cancelled
    /// The agent never got the message, or nobody can tell whether it did; the turn's reason says which.
    case undelivered

    /// Whether the turn is over: nothing follows.
    public var isFinal: Bool { successors.isEmpty }

    /// The states that can follow this one. A short turn may be over before it was seen to run.
    public var successors: Set<TurnState> {
        switch self {
        case .queued: [.delivering, .cancelled, .undelivered]
        case .delivering: Self.ends.union([.queued, .running, .waitingForInput, .undelivered])
        case .running: Self.ends.union([.waitingForInput])
        case .waitingForInput: Self.ends.union([.running])
        case .completed, .failed, .interrupted, .cutOff, .cancelled, .undelivered: []
        }
    }

    public func canBecome(_ next: TurnState) -> Bool {
        successors.contains(next)
    }

    /// How a turn that the agent has can end.
    private static let ends: Set<TurnState> = [.completed, .failed, .interrupted, .cutOff, .cancelled]
}
