extension Session {
    private static let deliveryTime = Duration.seconds(10)

    /// Which turn a wait is for.
    enum WaitTarget: Sendable {
        /// The newest one, or the first if there has been none.
        case newest
        case turn(Int64)
        /// The one that runs, or else the next to begin; the first after `previous` where that is known.
        case next(after: Int64?)
    }

    /// Calls `handler` once: when the turn ended or needs input, or the session is over. At once, if that is so already.
    /// - Parameters:
    ///   - finished: how a turn that is no longer kept here ended.
    /// - Returns: what ``stopWaiting(_:)`` takes; nil when `handler` has been called.
    func wait(for target: WaitTarget, finished: Turn? = nil, _ handler: @escaping TurnWaiters.Handler) -> Int? {
        if let finished {
            handler(WaitOutcome(session: id, agent: spec.agent, turn: TurnReport(finished), pending: [], ended: spec.ended))
            return nil
        }
        let turn: Int64? = switch target {
        case .newest: newestTurn?.id
        case .turn(let turn): turn
        case .next(let previous): nextTurn(after: previous)
        }
        if case .next = target, turn == nil, !isEnded, pending.isEmpty {
            return waiters.add(turn: nil, after: newestTurn?.id ?? 0, handler)
        }
        if let outcome = outcome(of: turn) ?? outcomeWithoutTurn(turn) {
            handler(outcome)
            return nil
        }
        return waiters.add(turn: turn, handler)
    }

    private func nextTurn(after previous: Int64?) -> Int64? {
        let known = (endedTurns + openTurns).filter { !inBackground.contains($0.id) }
        if let previous, let next = known.first(where: { $0.id > previous }) { return next.id }
        // The running one stands before those that wait for it.
        return openTurns.first { !inBackground.contains($0.id) }?.id
    }

    /// With the npm tool (0.4.4), a Codex session that works on nothing has nothing to wait for.
    private func outcomeWithoutTurn(_ turn: Int64?) -> WaitOutcome? {
        turn == nil && spec.agent == .codex
            ? WaitOutcome(session: id, agent: spec.agent, turn: nil, pending: [], ended: nil) : nil
    }

    func stopWaiting(_ waiter: Int) {
        waiters.remove(waiter)
    }

    /// How waiting for this turn comes out by what is known now; nil when it goes on.
    private func outcome(of target: Int64?) -> WaitOutcome? {
        guard let target, let turn = turn(target) else {
            return isEnded || !pending.isEmpty ? WaitOutcome(session: id, agent: spec.agent, turn: nil, pending: pending, ended: spec.ended) : nil
        }
        if turn.state.isFinal {
            return WaitOutcome(session: id, agent: spec.agent, turn: TurnReport(turn), pending: [], ended: spec.ended)
        }
        // A turn behind an open question gets no further without an answer either.
        if !pending.isEmpty {
            return WaitOutcome(session: id, agent: spec.agent, turn: TurnReport(turn), pending: pending, ended: nil)
        }
        return nil
    }

    func callWaiters() {
        callGoalWaiters()
        if waiters.isEmpty { return }
        waiters.bindUnbound(to: (endedTurns + openTurns).map(\.id))
        for (handler, outcome) in waiters.take(where: { outcome(of: $0.turn) }) {
            handler(outcome)
        }
    }

    /// Returns when the agent has the turn's message, or never will, or when that takes so long that the caller is
    /// better off with a message that is durably queued.
    func delivered(_ turn: Turn) async -> Turn {
        let time = Self.deliveryTime + .microseconds(turn.textBytes * 20)
        guard let now = self.turn(turn.id), now.state == .queued || now.state == .delivering else {
            return self.turn(turn.id) ?? turn
        }
        let settled = Expectation(on: loop)
        deliveryWaiters.append((turn.id, settled))
        _ = await settled.wait(on: self, atMost: time)
        deliveryWaiters.removeAll { $0.settled === settled }
        settled.fail()
        // A turn that has ended meanwhile is no longer kept here.
        return self.turn(turn.id) ?? turn
    }
}
