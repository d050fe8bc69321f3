/// Who began a turn.
public enum TurnOrigin: Sendable, Hashable {
    /// A command that was not run by a session.
    case command
    /// A person at the session's terminal.
    case terminal
    /// Another session, by its id.
    case session(String)
    /// The agent itself, for example when its background work was done.
    case agent
}

/// `command`, `terminal`, `agent` or `session:<id>`: as it is stored and shown.
extension TurnOrigin: RawRepresentable, Codable, CustomStringConvertible {
    private static let sessionPrefix = "session:"

    public init?(rawValue: String) {
        switch rawValue {
        case "command": self = .command
        case "terminal": self = .terminal
        case "agent": self = .agent
        case _ where rawValue.hasPrefix(Self.sessionPrefix): self = .session(String(rawValue.dropFirst(Self.sessionPrefix.count)))
        default: return nil
        }
    }

    public var rawValue: String {
        switch self {
        case .command: "command"
        case .terminal: "terminal"
        case .agent: "agent"
        case .session(let id): Self.sessionPrefix + id
        }
    }

    public var description: String { rawValue }
}
