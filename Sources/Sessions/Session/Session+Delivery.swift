extension Session {
    /// Types the oldest queued message, if the agent can take one now. Called whenever that may have become so.
    func deliverNext() {
        guard let agent, !isEnded, !isReleased, !isDelivering, !isHeldBack, runningTurn == nil,
              let next = openTurns.first(where: { $0.state == .queued }), durable.contains(next.id),
              pending.isEmpty
        else { return }
        isDelivering = true
        Task {
            await deliver(next.id, by: agent)
            isDelivering = false
            deliverNext()
        }
    }

    private func deliver(_ id: Int64, by agent: any Agent) async {
        guard let message = prepared[id] else {
            return finish(id, .undelivered, reason: "its text is no longer in the journal")
        }
        let position = await agent.position()
        guard turn(id)?.state == .queued else { return }
        change(id) {
            $0.state = .delivering
            $0.transcript = position
        }
        do {
            // What a crash leaves must tell that typing may have begun, and where its traces would be.
            try await record(id, .turnDelivering)
        } catch {
            finish(id, .undelivered, reason: "the journal could not be written: \(error)")
            // Its row still says that it is to be sent: a later supervisor must not believe that.
            return recordEventually(id, .turnEnded)
        }
        let openings = openings
        do {
            try await agent.deliver(message, turn: id)
            deliverySettled(id)
        } catch {
            settle(id, after: error, hasOpenedSince: openings != self.openings)
        }
    }

    /// - Parameter hasOpenedSince: the agent has told meanwhile that it may take messages, and may not tell again.
    func settle(_ id: Int64, after failure: DeliveryFailure, hasOpenedSince: Bool) {
        // Its end may have been told before the failure was noticed.
        guard let turn = turn(id), turn.state == .delivering else { return deliverySettled(id) }
        guard !isReleased else { return }
        switch failure {
        case .busy where isEnded:
            finish(id, .undelivered, reason: spec.ended)
        case .exited where isRestarting:
            change(id) { $0.state = .queued }
            recordLater(id, .turnQueued)
        case .busy(let reason):
            logger.info("delivery held back", metadata: ["session": "\(self.id)", "turn": "\(id)", "reason": "\(reason)"])
            isHeldBack = !hasOpenedSince
            change(id) { $0.state = .queued }
            recordLater(id, .turnQueued)
        case .refused(let reason), .exited(let reason):
            finish(id, .undelivered, reason: reason)
        case .doubtful(let reason):
            finish(id, .undelivered, reason: "in doubt: \(reason)")
        }
    }

    /// Decides about a turn whose delivery was cut off by the end of a supervisor, and goes on from there.
    func resolveDoubt(_ turn: Turn, message: PreparedMessage, by agent: any Agent) async {
        let answer = await agent.hasReceived(message, turn: turn.id, since: turn.transcript)
        guard !isReleased else { return }
        switch answer {
        case .received(let agentTurn):
            guard self.turn(turn.id)?.state == .delivering else { return }
            handle(.delivered(turn: turn.id, agentTurn: agentTurn, altered: false))
        case .notReceived where isEnded:
            finish(turn.id, .undelivered, reason: spec.ended)
        case .notReceived:
            guard self.turn(turn.id)?.state == .delivering else { return }
            change(turn.id) { $0.state = .queued }
            durable.insert(turn.id)
            recordLater(turn.id, .turnQueued)
        case .unknown(let reason):
            finish(turn.id, .undelivered, reason: "in doubt: \(reason)")
        }
    }

    /// Lets those go on who wait until the agent has this message.
    func deliverySettled(_ id: Int64) {
        guard let turn = turn(id), turn.state != .queued, turn.state != .delivering else { return }
        for waiter in deliveryWaiters where waiter.turn == id { waiter.settled.meet() }
    }
}
