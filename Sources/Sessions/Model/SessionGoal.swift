/// What a session works towards, turn after turn, as `goal --json` prints it: the npm tool's (0.4.4) keys, in its order.
public struct SessionGoal: Codable, Sendable, Hashable {
    public var threadId: String
    public var objective: String
    /// `active`, `paused`, `blocked`, `usageLimited`, `budgetLimited` or `complete`; a later Codex may have others.
    public var status: String
    public var tokenBudget: Int?
    public var tokensUsed: Int
    public var timeUsedSeconds: Int
    /// Seconds since 1970, as `updatedAt`.
    public var createdAt: Int
    public var updatedAt: Int

    public init(
        threadId: String, objective: String, status: String, tokenBudget: Int?, tokensUsed: Int, timeUsedSeconds: Int,
        createdAt: Int, updatedAt: Int
    ) {
        self.threadId = threadId
        self.objective = objective
        self.status = status
        self.tokenBudget = tokenBudget
        self.tokensUsed = tokensUsed
        self.timeUsedSeconds = timeUsedSeconds
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    public var isActive: Bool { status == "active" }
}

/// What is to be done to a session's goal.
public enum GoalChange: Codable, Sendable, Hashable {
    case show
    /// An objective makes the goal active.
    case set(objective: String?, status: String?, budget: Int?)
    case clear
}

/// What came of a ``GoalChange``.
public struct GoalResult: Codable, Sendable, Hashable {
    public var goal: SessionGoal?
    /// Whether there was one to clear.
    public var cleared: Bool

    public init(goal: SessionGoal?, cleared: Bool = false) {
        self.goal = goal
        self.cleared = cleared
    }
}
