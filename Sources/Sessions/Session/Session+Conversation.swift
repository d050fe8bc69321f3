extension Session {
    /// The newest text blocks of the agent's answers, oldest first.
    /// - Parameter turn: only those of this turn.
    func lastMessages(count: Int, turn: Int64?) async throws(SessionError) -> [String] {
        let reader = backend.conversation(of: spec)
        guard let turn else { return try await read { try reader.lastMessages(count: count, turn: nil) } }
        var found = self.turn(turn)
        if found == nil { found = try? await journal.turn(turn) }
        guard let found, found.session == id else { throw SessionError(.notFound, "\(id) has no turn \(turn).") }
        return try await read { try reader.lastMessages(count: count, turn: found) }
    }

    public func messages() async throws(SessionError) -> [LogMessage] {
        let reader = backend.conversation(of: spec)
        return try await read { try reader.messages() }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws(SessionError) -> Value {
        do {
            return try await loop.offload(body)
        } catch {
            throw SessionError(.storage, "The conversation of \(id) cannot be read: \(error)")
        }
    }

    /// The conversation so far; what is said later goes to `handler` until that returns false.
    public func followMessages(_ handler: @escaping LogFollower.Handler) async throws(SessionError) -> [LogMessage] {
        let follower = LogFollower(handler)
        if isEnded { follower.end() } else { followers.append(follower) }
        do {
            let messages = try await self.messages()
            follower.begin(after: messages)
            return messages
        } catch {
            followers.removeAll { $0 === follower }
            throw error
        }
    }

    func endFollowers() {
        for follower in followers { follower.end() }
        followers.removeAll()
    }

    func log(_ message: LogMessage) {
        followers.removeAll { !$0.take(message) }
    }
}
