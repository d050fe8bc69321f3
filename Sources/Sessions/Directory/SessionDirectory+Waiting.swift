import EventLoop

extension SessionDirectory {
    /// Waits for turns of these sessions to end or to need input.
    /// - Parameters:
    ///   - any: return as soon as one of them is done.
    ///   - turn: a turn other than the newest one; with a single session only.
    ///   - next: the turn that runs, or else the next to begin, instead of the newest one.
    ///   - previous: turns by session, after which that is.
    ///   - caller: the session that asks.
    /// - Returns: what came out, in the order of `ids`, and who was not done in time.
    /// - Throws: ``SessionError``, among others when a session would wait for itself or for one that waits for it.
    public func wait(
        for ids: [String], any: Bool, turn: Int64?, next: Bool = false, after previous: [String: Int64] = [:], timeout: Duration, caller: String?
    ) async throws(SessionError) -> (outcomes: [WaitOutcome], timedOut: [String]) {
        var waited: [Session] = []
        for id in ids where !waited.contains(where: { $0.id == id }) {
            try await refuseAncestor(id, of: caller)
            waited.append(try await session(id))
        }
        var finished: Turn?
        if let turn, let session = waited.first, await session.turn(turn) == nil {
            finished = try? await journal.turn(turn)
            guard finished?.session == session.id else {
                throw SessionError(.notFound, "\(session.id) has no turn \(turn).")
            }
        }
        let id = beginWait(for: waited, needed: any ? 1 : waited.count, finished: finished) { session in
            if let turn { return .turn(turn) }
            return next ? .next(after: previous[session]) : .newest
        }
        if waits[id]?.isDone == false { await suspend(id, timeout: timeout) }
        return endWait(id)
    }

    private func beginWait(
        for sessions: [Session], needed: Int, finished: Turn?, target: (_ session: String) -> Session.WaitTarget
    ) -> Int {
        lastWait += 1
        let id = lastWait
        waits[id] = PendingWait(sessions: sessions, needed: needed)
        for session in sessions {
            let handler: TurnWaiters.Handler = { [self] outcome in
                assumeIsolated { $0.waits[id]?.take(outcome) }
            }
            // The handler may be called within.
            let target = target(session.id)
            let waiter = session.assumeIsolated { $0.wait(for: target, finished: finished, handler) }
            waits[id]?.waiters[session.id] = waiter
        }
        return id
    }

    private func suspend(_ id: Int, timeout: Duration) async {
        let timer = LoopTimer(on: loop)
        timer.schedule(after: timeout) { [self] in finishWait(id) }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waits[id]?.continuation = $0 }
        } onCancel: {
            Task { await self.finishWait(id) }
        }
        timer.close()
    }

    private func finishWait(_ id: Int) {
        waits[id]?.finish()
    }

    /// Leaves the sessions, and tells who was done (in the order of the call) and who was not.
    private func endWait(_ id: Int) -> (outcomes: [WaitOutcome], timedOut: [String]) {
        guard let wait = waits.removeValue(forKey: id) else { return ([], []) }
        for session in wait.sessions {
            if let waiter = wait.waiters[session.id] { session.assumeIsolated { $0.stopWaiting(waiter) } }
        }
        return (wait.sessions.compactMap { wait.outcomes[$0.id] }, wait.sessions.map(\.id).filter { wait.outcomes[$0] == nil })
    }

    private func refuseAncestor(_ id: String, of caller: String?) async throws(SessionError) {
        var ancestor = caller
        var seen: Set<String> = []
        while let current = ancestor, seen.insert(current).inserted {
            if current == id {
                throw SessionError(.invalid, id == caller
                    ? "\(id) cannot wait for itself: the turn that waits would have to end first."
                    : "\(caller ?? "") cannot wait for \(id), which started it and may be waiting for it.")
            }
            ancestor = await sessions[current]?.spec.parent
        }
    }
}

/// One call of `wait`: it ends with enough outcomes, with its time, or with its caller.
struct PendingWait {
    let sessions: [Session]
    let needed: Int
    var outcomes: [String: WaitOutcome] = [:]
    var waiters: [String: Int] = [:]
    var continuation: CheckedContinuation<Void, Never>?

    init(sessions: [Session], needed: Int) {
        self.sessions = sessions
        self.needed = min(needed, Set(sessions.map(\.id)).count)
    }

    var isDone: Bool { outcomes.count >= needed }

    mutating func take(_ outcome: WaitOutcome) {
        outcomes[outcome.session] = outcome
        if isDone { finish() }
    }

    mutating func finish() {
        continuation?.resume()
        continuation = nil
    }
}
