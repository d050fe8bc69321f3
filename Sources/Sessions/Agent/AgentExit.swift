/// How an agent came to its end.
public struct AgentExit: Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, Hashable {
        /// By itself, and without an error.
        case normal
        case failure
        /// Nobody can tell, for example after the machine was started anew.
        case unknown
        /// Somebody ended it with all that stands for it, as by a kill with another tool.
        case deliberate
    }

    public let reason: String
    public let kind: Kind

    public init(_ reason: String, _ kind: Kind) {
        self.reason = reason
        self.kind = kind
    }
}
