import CodexAppServer

extension CodexAgent: GoalKeepingAgent {
    func change(_ change: GoalChange) async throws(SessionError) -> GoalResult {
        do throws(CodexError) {
            try await load()
            switch change {
            case .show:
                return GoalResult(goal: try await server.callIfConnected(GoalGet(threadId: thread)).goal.map(SessionGoal.init))
            case .set(let objective, let status, let budget):
                let set = GoalSet(threadId: thread, objective: objective, status: status, tokenBudget: budget)
                let goal = try await server.callIfConnected(set).goal
                tracker.begin(goal)
                return GoalResult(goal: SessionGoal(goal))
            case .clear:
                return GoalResult(goal: nil, cleared: try await server.callIfConnected(GoalClear(threadId: thread)).cleared)
            }
        } catch {
            throw SessionError(.invalid, "The goal of \(session) could not be read or changed: \(error.reason)")
        }
    }
}
