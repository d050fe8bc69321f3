extension Session {
    /// How waiting for a session's goal came out.
    public enum GoalOutcome: Codable, Sendable, Hashable {
        /// The goal's status, once that is no longer active.
        case reached(status: String)
        case cleared
        /// Its turn was stopped, and nothing goes on by itself.
        case interrupted
        case exited(reason: String)
        case timedOut
    }

    private func goalKeeper() throws(SessionError) -> any GoalKeepingAgent {
        guard let agent, !isEnded else { throw exitedError }
        guard let keeper = agent as? any GoalKeepingAgent else {
            throw SessionError(.invalid, "Goals are only supported for codex sessions; \(id) is a \(spec.agent) session")
        }
        return keeper
    }

    public func change(_ change: GoalChange) async throws(SessionError) -> GoalResult {
        try await goalKeeper().change(change)
    }

    /// Returns when the session no longer works towards its goal.
    /// - Throws: ``SessionError`` when there is no goal.
    public func waitForGoal(timeout: Duration) async throws(SessionError) -> GoalOutcome {
        let keeper = try goalKeeper()
        let deadline = ContinuousClock.now + timeout
        guard let goal = try await keeper.change(.show).goal else { throw SessionError(.nothingPending, "No goal set for \(id)") }
        var outcome = self.outcome(of: goal, isWorking: await keeper.report().state != .idle)
        while outcome == nil {
            let news = Expectation(on: loop)
            goalWaiters.append(news)
            let hasNews = await news.wait(on: self, atMost: deadline - .now)
            goalWaiters.removeAll { $0 === news }
            if let reason = spec.ended { return .exited(reason: reason) }
            guard hasNews else { return .timedOut }
            guard let goal = self.goal ?? nil else { return .cleared }
            outcome = self.outcome(of: goal, isWorking: await keeper.report().state != .idle)
        }
        return outcome ?? .timedOut
    }

    /// A goal that is reached in the middle of a turn has its last answer at that turn's end.
    private func outcome(of goal: SessionGoal, isWorking: Bool) -> GoalOutcome? {
        self.goal = goal
        if goal.isActive { return isWorking || runningTurn != nil ? nil : .interrupted }
        return runningTurn == nil && !isWorking || goal.status == "paused" ? .reached(status: goal.status) : nil
    }

    func goalChanged(_ goal: SessionGoal?) {
        self.goal = .some(goal)
        callGoalWaiters()
    }

    /// Something has happened that those who wait for the goal may wait for.
    func callGoalWaiters() {
        for waiter in goalWaiters { waiter.meet() }
    }
}
