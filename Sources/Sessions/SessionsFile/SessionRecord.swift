import JSON

/// A session as the npm tool's sessions.json (version 0.4.4) shows it, and as `inspect` and `--json` print it.
///
/// The record is the JSON object itself: fields that this program does not know stay what and where they are.
public struct SessionRecord: Sendable, Hashable, Codable {
    /// All fields, in their order.
    public internal(set) var fields: JSON.Object

    public enum Status: String, Codable, Sendable, Hashable {
        case active
        /// The agent is gone; the npm tool neither lists nor ends such a session.
        case inactive
    }

    init(fields: JSON.Object) {
        self.fields = fields
    }

    /// A record with its fields in the npm tool's order.
    /// - Parameters:
    ///   - createdAt: milliseconds since 1970, as `lastUsed`.
    ///   - path: absolute.
    public init(
        championID: String, internalID: String, cli: String, mode: String, path: String, description: String?,
        status: Status, model: String?, createdAt: Int64, lastUsed: Int64
    ) {
        fields = [
            "championId": .string(championID), "internalId": .string(internalID), "cli": .string(cli),
            "mode": .string(mode), "path": .string(path),
        ]
        self.description = description
        fields["status"] = .string(status.rawValue)
        self.model = model
        fields["createdAt"] = .string(Timestamp.iso8601(createdAt))
        fields["lastUsed"] = .string(Timestamp.iso8601(lastUsed))
    }

    public init(from decoder: any Decoder) throws {
        let json = try JSON(from: decoder)
        guard let fields = json.object else {
            throw DecodingError.typeMismatch(
                JSON.Object.self, .init(codingPath: decoder.codingPath, debugDescription: "a session record is an object"))
        }
        self.fields = fields
    }

    public func encode(to encoder: any Encoder) throws {
        try JSON.object(fields).encode(to: encoder)
    }
}

extension SessionRecord {
    /// The session's id.
    public var championID: String { fields["championId"]?.string ?? "" }

    /// The agent's own name for the conversation.
    public var internalID: String {
        get { fields["internalId"]?.string ?? "" }
        set { fields["internalId"] = .string(newValue) }
    }

    /// Sets a field that only one kind of agent has.
    mutating func set(_ field: String, to value: JSON) {
        fields[field] = value
    }

    public var cli: String { fields["cli"]?.string ?? "" }
    public var mode: String { fields["mode"]?.string ?? "" }
    public var path: String { fields["path"]?.string ?? "" }

    public var description: String? {
        get { fields["description"]?.string }
        set { fields["description"] = newValue.map(JSON.string) }
    }

    public var status: Status {
        get { fields["status"]?.string.flatMap(Status.init) ?? .inactive }
        set { fields["status"] = .string(newValue.rawValue) }
    }

    public var model: String? {
        get { fields["model"]?.string }
        set { fields["model"] = newValue.map(JSON.string) }
    }

    /// As stored: ISO 8601, which sorts as text.
    public var createdAt: String { fields["createdAt"]?.string ?? "" }

    /// As stored.
    public var lastUsed: String {
        get { fields["lastUsed"]?.string ?? "" }
        set { fields["lastUsed"] = .string(newValue) }
    }

    /// Milliseconds since 1970; nil when what is stored is no time.
    public var createdAtMilliseconds: Int64? { Timestamp.milliseconds(iso8601: createdAt) }
    public var lastUsedMilliseconds: Int64? { Timestamp.milliseconds(iso8601: lastUsed) }

    public var lastTurnStatus: TurnOutcome.Status? {
        get { fields["lastTurnStatus"]?.string.flatMap(TurnOutcome.Status.init) }
        set { fields["lastTurnStatus"] = newValue.map { .string($0.rawValue) } }
    }

    public var lastTurnError: String? {
        get { fields["lastTurnError"]?.string }
        set { fields["lastTurnError"] = newValue.map(JSON.string) }
    }

    /// How many `system` entries the transcript had before the last message: the npm tool's `wait` is over when there are more.
    public var claudeSystemCountAtSend: Int? {
        get { fields["claudeSystemCountAtSend"]?.int }
        set { fields["claudeSystemCountAtSend"] = newValue.map { JSON($0) } }
    }

    /// The ssh target of a session on another machine.
    public var host: String? { fields["host"]?.string }
    public var remoteBin: String? { fields["remoteBin"]?.string }
}

extension SessionRecord {
    /// What this program knows better than the file. An absent one of these is removed from it.
    private static let projected = [
        "internalId", "cli", "mode", "path", "description", "status", "model", "lastTurnStatus", "lastTurnError",
    ]

    /// Of a Codex session also these.
    private static let projectedOfCodex = ["appServerPid", "codexTurnInProgress", "codexActiveTurnId"]

    /// This record written over the one in the file: what only the other tool knows stays, and the later use counts.
    func merged(over stored: SessionRecord) -> SessionRecord {
        var merged = stored
        let projected = Self.projected + (cli == AgentKind.codex.rawValue ? Self.projectedOfCodex : [])
        for key in projected { merged.fields[key] = fields[key] }
        if let count = claudeSystemCountAtSend { merged.claudeSystemCountAtSend = count }
        if (stored.lastUsedMilliseconds ?? .min) < (lastUsedMilliseconds ?? .min) { merged.lastUsed = lastUsed }
        return merged
    }
}
