extension TurnReport {
    public init(_ turn: Turn) {
        self.init(
            id: turn.id, state: turn.state, origin: turn.origin.rawValue, reason: turn.reason,
            agentTurnID: turn.agentTurnID, altered: turn.altered, createdAt: turn.createdAt, endedAt: turn.endedAt)
    }
}
