import JSON

/// A change of state, as the event log keeps it: ids, states and sizes, never a message's text.
public struct JournalEvent: Codable, Sendable, Hashable {
    /// The place in the log: rising, never used twice. Nil until the event is on disk.
    public internal(set) var sequence: Int64?
    /// Milliseconds since 1970.
    public let time: Int64
    public let kind: EventKind
    public let session: String?
    public let turn: Int64?
    public let detail: JSON.Object

    public init(
        sequence: Int64? = nil, time: Int64 = Timestamp.now(), kind: EventKind, session: String?, turn: Int64?,
        detail: JSON.Object = [:]
    ) {
        self.sequence = sequence
        self.time = time
        self.kind = kind
        self.session = session
        self.turn = turn
        self.detail = detail
    }

    /// What happened to a turn: its state, origin and size go with it.
    public init(_ kind: EventKind, of turn: Turn) {
        self.init(kind, session: turn.session, turn: turn)
    }

    /// What happened to a session, or to one of its turns.
    public init(_ kind: EventKind, session: String, turn: Turn?, detail: JSON.Object = [:]) {
        var all: JSON.Object = [:]
        if let turn {
            all["state"] = .string(turn.state.rawValue)
            all["origin"] = .string(turn.origin.rawValue)
            all["bytes"] = JSON(turn.textBytes)
            all["reason"] = turn.reason.map(JSON.string)
            if turn.altered { all["altered"] = true }
        }
        for (key, value) in detail { all[key] = value }
        self.init(kind: kind, session: session, turn: turn?.id, detail: all)
    }

    private enum CodingKeys: String, CodingKey {
        case sequence = "seq"
        case time, kind, session, turn, detail
    }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        sequence = try members.decodeIfPresent(Int64.self, forKey: .sequence)
        time = try members.decode(Int64.self, forKey: .time)
        kind = try members.decode(EventKind.self, forKey: .kind)
        session = try members.decodeIfPresent(String.self, forKey: .session)
        turn = try members.decodeIfPresent(Int64.self, forKey: .turn)
        detail = try members.decodeIfPresent(JSON.self, forKey: .detail)?.object ?? [:]
    }

    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encodeIfPresent(sequence, forKey: .sequence)
        try members.encode(time, forKey: .time)
        try members.encode(kind, forKey: .kind)
        try members.encodeIfPresent(session, forKey: .session)
        try members.encodeIfPresent(turn, forKey: .turn)
        if !detail.isEmpty { try members.encode(JSON.object(detail), forKey: .detail) }
    }
}
