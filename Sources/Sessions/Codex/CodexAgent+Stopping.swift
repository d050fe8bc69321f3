import CodexAppServer

extension CodexAgent {
    private enum StopTime {
        /// A `turn/interrupt` may never be answered: the turn's end is what counts.
        static let interrupt = Duration.seconds(10)
        static let cleanUp = Duration.seconds(5)
        /// Between two turns of a goal.
        static let nextTurn = Duration.seconds(2)
        /// A server that is told to end does so after its last turn.
        static let serverEnd = Duration.seconds(10)
    }

    @discardableResult
    func interrupt() async throws(SessionError) -> Bool {
        let deadline = ContinuousClock.now + StopTime.interrupt
        guard let turn = await turnToStop() else { return false }
        // The server leaves a second one unanswered.
        if interruption?.turn != turn {
            interruption = CodexInterruption(turn: turn)
            server.submit(TurnInterrupt(threadId: thread, turnId: turn), within: StopTime.interrupt) { [self] result in
                guard case .failure(let error) = result else { return }
                assumeIsolated { $0.interruptFailed(error, of: turn) }
            }
        }
        while tracker.isOpen(turn), .now < deadline {
            if let refusal = interruption?.refusal {
                interruption = nil
                throw SessionError(.notDelivered, "\(session) was not interrupted: \(refusal).")
            }
            await turnChanges(until: deadline)
        }
        guard !tracker.isOpen(turn) else {
            throw SessionError(.notDelivered, "\(session) did not stop within \(StopTime.interrupt); use `dev-sessions attach \(session)`.")
        }
        await endCommands()
        return true
    }

    private func interruptFailed(_ error: CodexError, of turn: String) {
        guard interruption?.turn == turn else { return }
        switch error.code {
        case .rejected, .overloaded: interruption?.refusal = error.reason
        // An answer may never come; the turn ends all the same.
        case .timedOut: return
        // It may be sent again.
        default: interruption = nil
        }
        for waiter in turnWaiters { waiter.meet() }
    }

    /// One that is not told of, because its server is about to end, is known by its name.
    private func turnToStop() async -> String? {
        let deadline = ContinuousClock.now + StopTime.nextTurn
        while tracker.running == nil, tracker.open.isEmpty, tracker.pursuesGoal, isLoaded, .now < deadline {
            await turnChanges(until: deadline)
        }
        return tracker.running ?? tracker.open.first
    }

    private func turnChanges(until deadline: ContinuousClock.Instant) async {
        let change = Expectation(on: loop)
        turnWaiters.append(change)
        _ = await change.wait(on: self, atMost: max(.zero, deadline - .now))
        turnWaiters.removeAll { $0 === change }
    }

    /// The commands that a turn runs outlive it.
    private func endCommands() async {
        _ = try? await server.callIfConnected(BackgroundTerminalsClean(threadId: thread), within: StopTime.cleanUp)
    }

    func stop() async throws(SessionError) {
        if isLoaded { try await interrupt() }
        stopFollowing()
    }

    // MARK: Killing

    func kill() async throws(SessionError) {
        isBeingKilled = true
        do throws(CodexError) {
            try await archive()
        } catch {
            // What is gone, or cannot be reached, is not in the way of forgetting it.
            if error.code == .rejected, !isGone(error) {
                isBeingKilled = false
                throw SessionError(.startFailed, "The thread of \(session) could not be archived: \(error.reason)")
            }
            logger.warning("a thread could not be archived", metadata: ["session": "\(session)", "error": "\(error)"])
        }
        stopFollowing()
    }

    private func archive() async throws(CodexError) {
        var attempts = 0
        while true {
            try await server.connect(starting: true)
            let losses = losses
            if !tracker.open.isEmpty || tracker.running != nil { _ = try? await interrupt() }
            if isLoaded { await endCommands() }
            do throws(CodexError) {
                _ = try await server.callIfConnected(ThreadArchive(threadId: thread))
                return
            } catch {
                attempts += 1
                guard attempts < Self.loadAttempts, await nextServerCan(error, losses) else { throw error }
            }
        }
    }

    private func nextServerCan(_ error: CodexError, _ losses: Int) async -> Bool {
        if error.code == .connectionLost || error.code == .closed { return true }
        guard error.isServerEnding else { return false }
        return await connectionEnds(after: losses)
    }

    /// - Returns: false when it does not within the time that a server has for it.
    private func connectionEnds(after losses: Int) async -> Bool {
        if losses != self.losses { return true }
        let loss = Expectation(on: loop)
        lossWaiters.append(loss)
        defer { lossWaiters.removeAll { $0 === loss } }
        return await loss.wait(on: self, atMost: StopTime.serverEnd)
    }
}
