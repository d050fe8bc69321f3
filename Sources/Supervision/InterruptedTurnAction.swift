/// What is done about a turn that its agent's end has cut off, once there is an agent again.
public enum InterruptedTurnAction: String, Codable, Sendable, Hashable, CaseIterable {
    /// It is told to be cut off: whoever sent it decides.
    case report
    /// The agent is told to go on: what it has done before is not done again.
    case `continue`
    /// The message is sent once more: what it has done before may be done again.
    case resend
}
