import GRDB

extension Journal {
    /// Writes a turn, new or changed, with the event that tells of it, and returns when both are on disk.
    /// - Throws: ``StorageError``; then neither is.
    public func record(_ turn: Turn, event: JournalEvent) async throws(StorageError) {
        try await write(JournalChange(recording: turn, event: event))
    }

    /// Writes an event, and the turn it is about, without waiting. On the loop only.
    public nonisolated func recordLater(_ turn: Turn?, event: JournalEvent) {
        writeLater(JournalChange(recording: turn, event: event))
    }

    /// A turn, of whichever session, ended ones included.
    public func turn(_ id: Int64) async throws(StorageError) -> Turn? {
        try await turns("turn.id = ?", [id]).first
    }

    /// The turns of a session that are not over, in the order in which they were made.
    public func openTurns(of session: String) async throws(StorageError) -> [Turn] {
        try await turns("\(Turn.ofLiveSession) AND \(Turn.isOpen) ORDER BY turn.id", [session])
    }

    /// The last turns of a session that are over, oldest first.
    public func endedTurns(of session: String, limit: Int) async throws(StorageError) -> [Turn] {
        try await turns("\(Turn.ofLiveSession) AND NOT \(Turn.isOpen) ORDER BY turn.id DESC LIMIT ?", [session, limit]).reversed()
    }

    /// All turns of a session that has not ended, oldest first.
    public func turns(of session: String) async throws(StorageError) -> [Turn] {
        try await turns("\(Turn.ofLiveSession) ORDER BY turn.id", [session])
    }

    private func turns(_ condition: String, _ arguments: StatementArguments) async throws(StorageError) -> [Turn] {
        try await read("reading turns") { database throws(StorageError) in
            try database.read("reading turns") {
                try Row.fetchAll($0, sql: "\(Turn.selection) WHERE \(condition)", arguments: arguments).map(Turn.init)
            }
        }
    }
}

extension JournalDatabase {
    /// The highest id that a turn has ever had: ids of removed turns do not come back.
    func lastTurnID() throws(StorageError) -> Int64 {
        try read("reading the turns' ids") {
            try Int64.fetchOne($0, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'turn'") ?? 0
        }
    }
}

extension JournalChange {
    fileprivate init(recording turn: Turn?, event: JournalEvent) {
        self.init(operation: turn.map { "writing turn \($0.id) of \($0.session)" } ?? "writing an event") { database in
            try turn?.write(to: database)
            return Outcome(events: [try event.append(to: database)])
        }
    }
}
