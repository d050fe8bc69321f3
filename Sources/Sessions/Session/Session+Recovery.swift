import JSON

extension Session {
    /// Finds the agent again that an earlier supervisor started, and settles what that left undecided.
    /// - Parameter hooks: what the agent's hooks had to tell meanwhile.
    func resume(hooks: [JSON], events: @escaping AgentEventHandler) async {
        let agent: any Agent
        do {
            agent = try await backend.resume(spec, turns: openTurns.map { ($0, message(of: $0)) }, events: events)
        } catch {
            if error.code == .exited {
                settleWithoutAgent(hooks, reason: error.message)
            } else {
                // It may well run: nothing is said of it that is not known.
                logger.error("a session could not be taken up", metadata: ["session": "\(id)", "reason": "\(error.message)"])
            }
            return
        }
        // Hooks come first: they are facts about what happened before anything is decided.
        for hook in hooks { _ = await agent.hook(hook) }
        for turn in openTurns {
            prepared[turn.id] = message(of: turn)
            if turn.state == .queued { durable.insert(turn.id) }
        }
        self.agent = agent
        for turn in openTurns where turn.state == .delivering {
            guard let message = prepared[turn.id] else { continue }
            isDelivering = true
            await resolveDoubt(turn, message: message, by: agent)
            isDelivering = false
        }
        deliverNext()
        callWaiters()
    }

    private func message(of turn: Turn) -> PreparedMessage? {
        guard let text = turn.text else { return nil }
        return try? backend.prepare(text, literal: turn.literal)
    }

    /// The agent is gone: a turn that its hooks saw begin was cut off, one that left no trace is in doubt.
    private func settleWithoutAgent(_ hooks: [JSON], reason: String) {
        for turn in openTurns where turn.state == .delivering {
            let wasSubmitted = hooks.contains {
                $0["hook_event_name"]?.string == "UserPromptSubmit" && $0["prompt"]?.string == turn.text
            }
            if wasSubmitted { change(turn.id) { $0.state = .running } }
        }
        handle(.exited(reason: reason, terminalKilled: false))
    }

    /// What the npm tool changed in its file.
    func takeUp(_ record: SessionRecord) {
        guard let lastUsed = record.lastUsedMilliseconds, lastUsed > spec.lastUsed else { return }
        spec.lastUsed = lastUsed
        journal.saveLater(spec)
    }
}
