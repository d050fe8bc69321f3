import JSON
import Supervision

extension Session {
    private static let recoveryBackoff = Backoff(initial: .milliseconds(250), maximum: .seconds(30))

    /// Finds the agent again that an earlier supervisor started, and settles what that left undecided. An agent that
    /// is gone tells what it still did, and then that it is gone.
    /// - Parameter hooks: what the agent's hooks had to tell meanwhile.
    func resume(hooks: [JSON]) async {
        guard await !tryToResume(hooks: hooks) else { return }
        // It may well run: nothing is said of it that is not known.
        Task {
            var attempts = 0
            repeat {
                guard (try? await loop.sleep(for: Self.recoveryBackoff.pause(before: attempts))) != nil else { return }
                attempts += 1
            } while await !tryToResume(hooks: hooks)
        }
    }

    /// - Returns: false when it is not known what has become of the agent.
    private func tryToResume(hooks: [JSON]) async -> Bool {
        guard !isEnded else { return true }
        for turn in openTurns {
            prepared[turn.id] = message(of: turn)
            if turn.state == .queued { durable.insert(turn.id) }
        }
        do {
            agent = try await backend.resume(
                spec, turns: openTurns.map { ($0, prepared[$0.id]) },
                endedTurns: Set(endedTurns.compactMap(\.agentTurnID)), hooks: hooks, events: eventHandler())
        } catch where error.code == .exited {
            handle(.exited(AgentExit(error.message, .unknown)))
            return true
        } catch {
            logger.error("a session could not be taken up", metadata: ["session": "\(id)", "reason": "\(error.message)"])
            return false
        }
        if let agent { settleDoubts(by: agent) }
        callWaiters()
        return true
    }

    /// Others need not wait for it: a doubt may take some seconds.
    private func settleDoubts(by agent: any Agent) {
        guard !isEnded else { return }
        isDelivering = true
        Task {
            for turn in openTurns where turn.state == .delivering {
                if let message = prepared[turn.id] {
                    await resolveDoubt(turn, message: message, by: agent)
                } else {
                    finish(turn.id, .undelivered, reason: "in doubt: its text is no longer in the journal")
                }
            }
            isDelivering = false
            deliverNext()
        }
    }

    private func message(of turn: Turn) -> PreparedMessage? {
        guard let text = turn.text else { return nil }
        return try? backend.prepare(text, literal: turn.literal)
    }

    /// What the npm tool changed in its file.
    func takeUp(_ record: SessionRecord) {
        guard let lastUsed = record.lastUsedMilliseconds, lastUsed > spec.lastUsed else { return }
        spec.lastUsed = lastUsed
        journal.saveLater(spec)
    }
}
