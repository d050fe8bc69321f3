import CodexAppServer

extension CodexAgent: GoalKeepingAgent {
    func change(_ change: GoalChange) async throws(SessionError) -> GoalResult {
        do throws(CodexError) {
            switch change {
            case .show:
                return GoalResult(goal: try await goal().map(SessionGoal.init))
            case .set(let objective, let status, let budget):
                try await load()
                let set = GoalSet(threadId: thread, objective: objective, status: status, tokenBudget: budget)
                return GoalResult(goal: SessionGoal(try await send(set)))
            case .clear:
                try await load()
                return GoalResult(goal: nil, cleared: try await server.callIfConnected(GoalClear(threadId: thread)).cleared)
            }
        } catch {
            throw SessionError(.invalid, "The goal of \(session) could not be read or changed: \(error.reason)")
        }
    }

    /// Asks again where the connection was lost.
    private func goal() async throws(CodexError) -> CodexGoal? {
        var attempts = 0
        while true {
            do throws(CodexError) {
                try await load()
                return try await server.callIfConnected(GoalGet(threadId: thread)).goal
            } catch {
                attempts += 1
                guard error.code == .connectionLost || error.code == .closed, attempts < Self.loadAttempts else { throw error }
            }
        }
    }

    private func send(_ set: GoalSet) async throws(CodexError) -> CodexGoal {
        let result = await withCheckedContinuation { continuation in
            server.submit(set) { [self] result in
                let goal = result.map(\.goal)
                // What the server tells next is newer.
                if case .success(let goal) = goal { assumeIsolated { $0.tracker.begin(goal) } }
                continuation.resume(returning: goal)
            }
        }
        return try result.get()
    }
}
