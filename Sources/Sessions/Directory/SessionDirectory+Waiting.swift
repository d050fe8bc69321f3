import EventLoop

extension SessionDirectory {
    /// Waits for turns of these sessions to end or to need input.
    /// - Parameters:
    ///   - any: return as soon as one of them is done.
    ///   - turn: a turn other than the newest one; with a single session only.
    ///   - caller: the session that asks.
    /// - Returns: what came out, in the order of `ids`, and who was not done in time.
    /// - Throws: ``SessionError``, among others when a session would wait for itself or for one that waits for it.
    public func wait(
        for ids: [String], any: Bool, turn: Int64?, timeout: Duration, caller: String?
    ) async throws(SessionError) -> (outcomes: [WaitOutcome], timedOut: [String]) {
        var waited: [Session] = []
        for id in ids {
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
        let wait = PendingWait(sessions: waited, needed: any ? 1 : waited.count)
        wait.begin(turn: turn, finished: finished)
        if !wait.isDone { await suspend(wait, timeout: timeout) }
        return wait.end()
    }

    private func suspend(_ wait: PendingWait, timeout: Duration) async {
        let id = waits.add(wait)
        let timer = LoopTimer(on: loop)
        timer.schedule(after: timeout) { wait.finish() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { wait.continuation = $0 }
        } onCancel: {
            Task { await self.cancelWait(id) }
        }
        timer.close()
        waits.remove(id)
    }

    private func cancelWait(_ id: Int) {
        waits[id]?.finish()
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

/// One call of `wait`: it ends with enough outcomes, with its time, or with its caller. On the loop only.
final class PendingWait {
    private let sessions: [Session]
    private let needed: Int
    private var outcomes: [String: WaitOutcome] = [:]
    private var waiters: [String: Int] = [:]
    var continuation: CheckedContinuation<Void, Never>?

    init(sessions: [Session], needed: Int) {
        self.sessions = sessions
        self.needed = min(needed, sessions.count)
    }

    var isDone: Bool { outcomes.count >= needed }

    func begin(turn: Int64?, finished: Turn?) {
        for session in sessions where waiters[session.id] == nil && outcomes[session.id] == nil {
            waiters[session.id] = session.assumeIsolated { session in
                session.wait(for: turn, finished: finished) { [self] outcome in
                    outcomes[session.id] = outcome
                    if isDone { finish() }
                }
            }
        }
    }

    func finish() {
        continuation?.resume()
        continuation = nil
    }

    /// Leaves the sessions, and tells who was done (in the order of the call) and who was not.
    func end() -> (outcomes: [WaitOutcome], timedOut: [String]) {
        for session in sessions {
            if let waiter = waiters[session.id] { session.assumeIsolated { $0.stopWaiting(waiter) } }
        }
        return (sessions.compactMap { outcomes[$0.id] }, sessions.map(\.id).filter { outcomes[$0] == nil })
    }
}

/// The calls of `wait` that are under way, by number: a cancellation comes from any thread and can carry no more.
struct PendingWaits {
    private var waits: [Int: PendingWait] = [:]
    private var nextID = 0

    mutating func add(_ wait: PendingWait) -> Int {
        nextID += 1
        waits[nextID] = wait
        return nextID
    }

    mutating func remove(_ id: Int) {
        waits[id] = nil
    }

    subscript(id: Int) -> PendingWait? { waits[id] }
}
