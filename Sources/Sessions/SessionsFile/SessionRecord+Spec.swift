import JSON

extension SessionRecord {
    /// What the npm tool is to see of a session.
    /// - Parameter newest: the session's newest turn, if it has had one.
    public init(_ spec: SessionSpec, newest: Turn?) {
        self.init(
            championID: spec.id, internalID: spec.conversation, cli: spec.agent.rawValue, mode: spec.mode, path: spec.path,
            description: spec.description, status: spec.ended == nil ? .active : .inactive, model: spec.model,
            createdAt: spec.createdAt, lastUsed: spec.lastUsed)
        for (field, value) in spec.agentRecord.object ?? [:] { set(field, to: value) }
        if spec.agent == .codex {
            let isWorking = newest.map { !$0.state.isFinal } ?? false
            set("codexTurnInProgress", to: .bool(isWorking))
            if isWorking, let id = newest?.agentTurnID { set("codexActiveTurnId", to: .string(id)) }
        }
        lastTurnStatus = newest?.state.outcome.status
        if lastTurnStatus != .completed, lastTurnStatus != nil { lastTurnError = newest?.reason }
        order()
    }

    /// As the npm tool (0.4.4) writes them; it adds the others behind these.
    private static let order = [
        "championId", "internalId", "cli", "mode", "path", "description", "status", "appServerPid", "appServerPort", "model",
        "codexTurnInProgress", "lastAssistantMessages", "createdAt", "lastUsed",
    ]

    private mutating func order() {
        let first = Self.order.compactMap { name in fields[name].map { (name, $0) } }
        let rest = fields.filter { !Self.order.contains($0.key) }.map { ($0.key, $0.value) }
        fields = JSON.Object(first + rest)
    }
}
