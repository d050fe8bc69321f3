import JSON

/// A conversation as the app-server tells of it.
public struct CodexThread: Decodable, Sendable, Hashable {
    public let id: String
    public let status: CodexThreadStatus?
    /// Of the rollout file, once there is one.
    public let path: String?
    /// The thread that has started this one as its helper.
    public let parentThreadId: String?
}

public enum CodexThreadStatus: Decodable, Sendable, Hashable {
    case notLoaded
    case idle
    /// The last turn failed. The next one clears it.
    case systemError
    /// Flags say what it waits for: `waitingOnApproval`, `waitingOnUserInput`.
    case active(flags: [String])
    /// Of a later version.
    case other(String)

    private enum CodingKeys: String, CodingKey { case type, activeFlags }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(String.self, forKey: .type) {
        case "notLoaded": self = .notLoaded
        case "idle": self = .idle
        case "systemError": self = .systemError
        case "active": self = .active(flags: try container.decodeIfPresent([String].self, forKey: .activeFlags) ?? [])
        case let type: self = .other(type)
        }
    }
}
