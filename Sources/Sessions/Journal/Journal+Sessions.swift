import GRDB
import JSON

extension Journal {
    /// Writes a session, new or changed, and returns when it is on disk.
    /// - Throws: ``StorageError`` `.conflict` when another session that has not ended bears the id.
    public func save(_ spec: SessionSpec) async throws(StorageError) {
        try await write(JournalChange(saving: spec))
    }

    /// Writes a session without waiting. On the loop only.
    public nonisolated func saveLater(_ spec: SessionSpec) {
        writeLater(JournalChange(saving: spec))
    }

    /// Forgets a session that came to nothing.
    public func remove(session id: String) async throws(StorageError) {
        try await write(.statement(
            "removing session \(id)", "DELETE FROM session WHERE id = ? AND endedAt IS NULL", [id]))
    }

    /// Ends a session: it is not found again, and its id is free. Its turns and events are kept for their time.
    public func end(session id: String, at time: Int64 = Timestamp.now()) async throws(StorageError) {
        try await write(.statement(
            "ending session \(id)", "UPDATE session SET endedAt = ? WHERE id = ? AND endedAt IS NULL", [time, id]))
    }

    /// Removes everything about the sessions that ever bore this id, from the disk too.
    public func purge(session id: String) async throws(StorageError) {
        try await write(JournalChange(operation: "purging session \(id)") { database in
            try database.execute(sql: "DELETE FROM session WHERE id = ?", arguments: [id])
            let rows = database.changesCount
            try database.execute(sql: "DELETE FROM event WHERE session = ?", arguments: [id])
            return .init(rows: rows)
        })
        await compact()
    }

    /// The sessions that have not ended, oldest first. One that cannot be read is left out, and told of in ``takeWarnings()``.
    public func specs() async throws(StorageError) -> [SessionSpec] {
        let records = try await read("reading the sessions") { database throws(StorageError) in
            try database.read("reading the sessions") {
                try Row.fetchAll($0, sql: "SELECT id, record FROM session WHERE endedAt IS NULL ORDER BY key")
                    .map { (id: $0["id"] as String, record: $0["record"] as String) }
            }
        }
        var specs: [SessionSpec] = []
        for (id, record) in records {
            do {
                specs.append(try JSON(parsing: record).decode(SessionSpec.self))
            } catch {
                warn("The journal's record of session \(id) cannot be read, so it is left alone: \(error)")
            }
        }
        return specs
    }
}

extension JournalChange {
    /// A session is known by its id and the time of its making: what comes late for one that has ended changes
    /// nothing of the next that bears its id.
    fileprivate init(saving spec: SessionSpec) {
        self.init(operation: "writing session \(spec.id)") { database in
            try database.execute(
                sql: """
                    INSERT INTO session (id, record, createdAt) VALUES (?, ?, ?)
                    ON CONFLICT (id, createdAt) DO UPDATE SET record = excluded.record
                    """,
                arguments: [spec.id, try JSON.encode(spec).compact, spec.createdAt])
            return Outcome(rows: database.changesCount)
        }
    }
}
