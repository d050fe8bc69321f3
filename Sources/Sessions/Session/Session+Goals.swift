extension Session {
    /// How waiting for a session's goal came out.
    public enum GoalOutcome: Codable, Sendable, Hashable {
        /// The goal's status, once that is no longer active.
        case reached(status: String)
        case cleared
        /// The agent asks for something without which it gets no further.
        case inputNeeded([PendingInput])
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
        let changes = goalChanges
        guard let shown = try await keeper.change(.show).goal else { throw SessionError(.nothingPending, "No goal set for \(id)") }
        // What was told meanwhile is newer than the answer.
        if changes == goalChanges { goal = .some(shown) }
        while true {
            if let reason = spec.ended { return .exited(reason: reason) }
            if !pending.isEmpty { return .inputNeeded(pending) }
            let news = goalNews
            let isWorking = await keeper.report().state != .idle
            guard news == goalNews else { continue }
            guard let goal = goal ?? nil else { return .cleared }
            if let outcome = outcome(of: goal, isWorking: isWorking || runningTurn != nil) { return outcome }
            guard await hearNews(within: deadline - .now), !Task.isCancelled else { return .timedOut }
        }
    }

    /// A goal that is reached in the middle of a turn has its last answer at that turn's end.
    private func outcome(of goal: SessionGoal, isWorking: Bool) -> GoalOutcome? {
        if isWorking, goal.status != "paused" { return nil }
        return goal.isActive ? .interrupted : .reached(status: goal.status)
    }

    private func hearNews(within time: Duration) async -> Bool {
        let news = Expectation(on: loop)
        goalWaiters.append(news)
        defer { goalWaiters.removeAll { $0 === news } }
        // Whoever waited has left.
        return await withTaskCancellationHandler {
            await news.wait(on: self, atMost: time)
        } onCancel: {
            Task { await self.callGoalWaiters() }
        }
    }

    func goalChanged(_ goal: SessionGoal?) {
        self.goal = .some(goal)
        goalChanges += 1
        callGoalWaiters()
    }

    /// Something has happened that those who wait for the goal may wait for.
    func callGoalWaiters() {
        goalNews += 1
        for waiter in goalWaiters { waiter.meet() }
    }
}
