extension Session {
    /// Calls `handler` once: when the turn ended or needs input, or the session is over. At once, if that is so already.
    /// - Parameters:
    ///   - turn: nil for the newest one, or the first if there has been none.
    ///   - finished: how a turn that is no longer kept here ended.
    /// - Returns: what ``stopWaiting(_:)`` takes; nil when `handler` has been called.
    func wait(for turn: Int64?, finished: Turn? = nil, _ handler: @escaping TurnWaiters.Handler) -> Int? {
        if let finished {
            handler(WaitOutcome(session: id, turn: TurnReport(finished), pending: [], ended: spec.ended))
            return nil
        }
        let target = turn ?? newestTurn?.id
        if let outcome = outcome(of: target) {
            handler(outcome)
            return nil
        }
        return waiters.add(turn: target, handler)
    }

    func stopWaiting(_ waiter: Int) {
        waiters.remove(waiter)
    }

    /// How waiting for this turn comes out by what is known now; nil when it goes on.
    private func outcome(of target: Int64?) -> WaitOutcome? {
        guard let target, let turn = turn(target) else {
            return isEnded ? WaitOutcome(session: id, turn: nil, pending: [], ended: spec.ended) : nil
        }
        if turn.state.isFinal {
            return WaitOutcome(session: id, turn: TurnReport(turn), pending: [], ended: spec.ended)
        }
        // A turn behind an open question gets no further without an answer either.
        if !pending.isEmpty {
            return WaitOutcome(session: id, turn: TurnReport(turn), pending: pending, ended: nil)
        }
        return nil
    }

    func callWaiters() {
        if waiters.isEmpty { return }
        if let newestTurn { waiters.bindUnbound(to: newestTurn.id) }
        for (handler, outcome) in waiters.take(where: { outcome(of: $0.turn) }) {
            handler(outcome)
        }
    }

    /// Returns when the agent has the turn's message, or never will.
    func delivered(_ id: Int64) async -> Turn {
        if let turn = turn(id), turn.state != .queued, turn.state != .delivering { return turn }
        return await withCheckedContinuation { continuation in
            deliveryWaiters.append((id, continuation))
        }
    }
}
