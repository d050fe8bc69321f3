/// When an agent that has ended is started again. OTP's words (`permanent`, `transient`, `temporary`) for the same are
/// less plain.
public enum RestartMode: String, Codable, Sendable, Hashable, CaseIterable {
    case never
    /// When it has failed, or nobody can tell.
    case onFailure = "on-failure"
    /// Also when it has ended by itself without an error; not when somebody has ended it.
    case always
}
