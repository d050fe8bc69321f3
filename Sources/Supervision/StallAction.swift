/// What is done about an agent that works on a turn and shows no sign of life.
public enum StallAction: String, Codable, Sendable, Hashable, CaseIterable {
    case report
    /// The turn is stopped.
    case interrupt
    /// The agent is stopped and started again, as its restart policy allows.
    case restart
}
