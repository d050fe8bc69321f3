import CodexAppServer

extension SessionGoal {
    init(_ goal: CodexGoal) {
        self.init(
            threadId: goal.threadId, objective: goal.objective, status: goal.status, tokenBudget: goal.tokenBudget,
            tokensUsed: goal.tokensUsed, timeUsedSeconds: goal.timeUsedSeconds, createdAt: goal.createdAt,
            updatedAt: goal.updatedAt)
    }
}
