extension Session {
    /// Adds a message to the running turn; the two end together. Without a running turn it is sent as usual.
    func steer(_ id: Int64) async {
        guard let steerable = agent as? any SteerableAgent, runningTurn != nil, let message = prepared[id] else { return deliverNext() }
        change(id) { $0.state = .delivering }
        do {
            try await record(id, .turnDelivering)
        } catch {
            finish(id, .undelivered, reason: "the journal could not be written: \(error)")
            return recordEventually(id, .turnEnded)
        }
        let openings = openings
        do {
            try await steerable.steer(message, turn: id)
            deliverySettled(id)
        } catch {
            settle(id, after: error, hasOpenedSince: openings != self.openings || runningTurn == nil)
            deliverNext()
        }
    }
}
