import JSON

/// One turn as the app-server tells of it.
public struct ThreadTurn: Decodable, Sendable, Hashable {
    public struct Status: RawRepresentable, Decodable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public static let inProgress = Status(rawValue: "inProgress")
        public static let completed = Status(rawValue: "completed")
        public static let failed = Status(rawValue: "failed")
        /// Also a turn that was cut off by the server's end, which then has no `completedAt`.
        public static let interrupted = Status(rawValue: "interrupted")
    }

    public let id: String
    public let status: Status
    /// Not always all of them: a notification has the last answer, or nothing.
    public let items: [ThreadItem]
    public let error: CodexTurnError?
    /// Seconds since 1970, as `completedAt`.
    public let startedAt: Double?
    public let completedAt: Double?
}

/// Why a turn failed, in Codex's own words.
public struct CodexTurnError: Decodable, Sendable, Hashable {
    public let message: String
    /// A word, or an object with one: `usageLimitExceeded`, `{"responseTooManyFailedAttempts": {"httpStatusCode": 429}}`.
    public let codexErrorInfo: JSON?
    public let additionalDetails: String?

    /// The kind of failure, in one word.
    public var kind: String? {
        codexErrorInfo?.string ?? codexErrorInfo?.object?.first?.key
    }
}

/// Something that was said or done in a turn.
public struct ThreadItem: Decodable, Sendable, Hashable {
    /// As it came: there are many kinds, and few are looked into.
    public let json: JSON

    public init(_ json: JSON) {
        self.json = json
    }

    public init(from decoder: any Decoder) throws {
        json = try JSON(from: decoder)
    }

    public var id: String { json["id"]?.string ?? "" }
    public var type: String { json["type"]?.string ?? "" }

    /// What the agent said.
    public var agentText: String? { type == "agentMessage" ? json["text"]?.string : nil }

    /// What a user said, its parts joined by blank lines, as in the rollout.
    public var userText: String? {
        guard type == "userMessage" else { return nil }
        return json["content"]?.array?.compactMap { $0["text"]?.string }.joined(separator: "\n\n")
    }

    /// What is done to which files: objects with `path`, `kind` and `diff`.
    public var fileChanges: JSON? { type == "fileChange" ? json["changes"] : nil }

    /// What the sender of a user message called it (`clientUserMessageId`).
    public var clientID: String? { json["clientId"]?.string }
}
