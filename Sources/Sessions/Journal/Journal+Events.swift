import GRDB
import JSON

extension Journal {
    /// Writes an event that belongs to no turn, and returns when it is on disk.
    public func append(_ event: JournalEvent) async throws(StorageError) {
        try await write(JournalChange(operation: "writing an event") { .init(events: [try event.append(to: $0)]) })
    }

    /// Events in their order.
    /// - Parameters:
    ///   - sequence: of the last event that is not wanted; 0 for all that are kept.
    ///   - session: only events of sessions with this id.
    public func events(since sequence: Int64, limit: Int = 1000, session: String? = nil) async throws(StorageError) -> [JournalEvent] {
        try await read("reading events") { database throws(StorageError) in
            try database.read("reading events") {
                try Row.fetchAll(
                    $0,
                    sql: """
                        SELECT * FROM event WHERE sequence > ? \(session == nil ? "" : "AND session = ?")
                        ORDER BY sequence LIMIT ?
                        """,
                    arguments: session.map { [sequence, $0, limit] } ?? [sequence, limit]
                ).map(JournalEvent.init)
            }
        }
    }

    /// Names this log: sequence numbers of one with another identity mean other events.
    public func identity() async throws(StorageError) -> String {
        try await read("reading the journal's identity") { database throws(StorageError) in
            try database.read("reading the journal's identity") {
                try String.fetchOne($0, sql: "SELECT value FROM meta WHERE key = 'identity'") ?? ""
            }
        }
    }
}

extension JournalEvent {
    init(_ row: Row) throws {
        self.init(
            sequence: row["sequence"], time: row["time"], kind: EventKind(rawValue: row["kind"]), session: row["session"],
            turn: row["turn"], detail: try JSON(parsing: row["detail"] as String).object ?? [:])
    }

    /// - Returns: the event with its place in the log.
    func append(to database: Database) throws -> JournalEvent {
        try database.execute(
            sql: "INSERT INTO event (time, kind, session, turn, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [time, kind.rawValue, session, turn, JSON.object(detail).compact])
        var event = self
        event.sequence = database.lastInsertedRowID
        return event
    }
}
