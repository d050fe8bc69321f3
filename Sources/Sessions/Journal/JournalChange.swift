import GRDB

/// One change of the journal: what belongs together, and is on disk as a whole or not at all.
struct JournalChange: Sendable {
    struct Outcome: Sendable {
        /// The events that were added, with their places in the log.
        var events: [JournalEvent] = []
        /// How many rows were changed.
        var rows = 0
    }

    /// What is being done, for an error.
    let operation: String
    let apply: @Sendable (Database) throws -> Outcome
}

extension JournalChange {
    static func statement(_ operation: String, _ sql: String, _ arguments: StatementArguments) -> JournalChange {
        JournalChange(operation: operation) { database in
            try database.execute(sql: sql, arguments: arguments)
            return Outcome(rows: database.changesCount)
        }
    }
}
