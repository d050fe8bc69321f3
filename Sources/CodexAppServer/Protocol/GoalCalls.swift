import JSON

/// What a thread works towards, turn after turn, until it is reached.
public struct CodexGoal: Codable, Sendable, Hashable {
    public enum Status {
        public static let active = "active"
        public static let paused = "paused"
    }

    public let threadId: String
    public let objective: String
    /// `active`, `paused`, `blocked`, `usageLimited`, `budgetLimited`, `complete`; may grow.
    public let status: String
    public let tokenBudget: Int?
    public let tokensUsed: Int
    public let timeUsedSeconds: Int
    /// Seconds since 1970, as `updatedAt`.
    public let createdAt: Int
    public let updatedAt: Int
}

/// Sets, changes, pauses or resumes a loaded thread's goal. An active goal of an idle thread starts a turn at once.
public struct GoalSet: AppServerCall {
    public static let method = "thread/goal/set"
    public struct Result: Decodable, Sendable {
        public let goal: CodexGoal
    }

    public var threadId: String
    public var objective: String?
    public var status: String?
    public var tokenBudget: Int?

    public init(threadId: String, objective: String? = nil, status: String? = nil, tokenBudget: Int? = nil) {
        self.threadId = threadId
        self.objective = objective
        self.status = status
        self.tokenBudget = tokenBudget
    }
}

public struct GoalGet: AppServerCall {
    public static let method = "thread/goal/get"
    public struct Result: Decodable, Sendable {
        public let goal: CodexGoal?
    }

    public var threadId: String

    public init(threadId: String) {
        self.threadId = threadId
    }
}

public struct GoalClear: AppServerCall {
    public static let method = "thread/goal/clear"
    public struct Result: Decodable, Sendable {
        public let cleared: Bool
    }

    public var threadId: String

    public init(threadId: String) {
        self.threadId = threadId
    }
}
