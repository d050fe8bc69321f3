import EventLoop
import GRDB

/// The journal's file: one connection that writes, and readers beside it. Every call blocks.
final class JournalDatabase: Sendable {
    let path: String
    private let pool: DatabasePool

    private init(path: String, pool: DatabasePool) {
        self.path = path
        self.pool = pool
    }

    // MARK: Opening

    /// Opens the file, makes it if there is none, and brings it to the schema's version. One that is damaged is set
    /// aside and a new one begun.
    /// - Returns: also what the user must be told.
    static func open(_ path: String, schema: JournalSchema) throws(StorageError) -> (database: JournalDatabase, warnings: [String]) {
        do throws(StorageError) {
            return (try openUndamaged(path, schema: schema), [])
        } catch {
            guard error.code == .damaged else { throw error }
            let name = try setAside(path)
            let warning = "The journal was damaged (\(error)). It was set aside as \(name), and a new one begun."
            return (try openUndamaged(path, schema: schema), [warning])
        }
    }

    private static func openUndamaged(_ path: String, schema: JournalSchema) throws(StorageError) -> JournalDatabase {
        let operation = "opening the journal \(path)"
        do {
            // SQLite would make it with the permissions of the umask; its companions get those of the file.
            try System.append(path, [])
            try System.setPermissions(path, 0o600)
            let database = JournalDatabase(path: path, pool: try DatabasePool(path: path, configuration: configuration))
            do {
                try database.prepare(schema)
            } catch {
                try? database.pool.close()
                throw error
            }
            return database
        } catch {
            throw StorageError(operation, cause: error)
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.maximumReaderCount = 2
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            guard !database.configuration.readonly else { return }
            // Only a file that is still empty takes the first; the second keeps deleted messages from lingering in it.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA secure_delete = ON")
        }
        return configuration
    }

    private func prepare(_ schema: JournalSchema) throws {
        try pool.writeWithoutTransaction { database in
            // A commit is on disk when it returns; the pool's own choice for a write-ahead log is NORMAL.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard let state = try String.fetchOne(database, sql: "PRAGMA quick_check(1)"), state == "ok" else {
                throw StorageError(.damaged, "its contents do not fit together")
            }
            let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            guard version <= schema.version else {
                throw StorageError(.newerSchema, """
                    The journal \(path) was written by a newer dev-sessions (its schema is version \(version), this \
                    program knows version \(schema.version)). Use that version again, or move the file away to begin a new one.
                    """)
            }
            if version > 0, version < schema.version { try backUp(database, version: version) }
            if version < schema.version { try migrate(database, from: version, schema) }
        }
    }

    private func backUp(_ database: Database, version: Int) throws {
        let copy = "\(path).v\(version).bak"
        if FileIdentity.of(path: copy) != nil { try System.removeFile(copy) }
        try System.append(copy, [])
        try database.execute(sql: "VACUUM INTO ?", arguments: [copy])
    }

    private func migrate(_ database: Database, from version: Int, _ schema: JournalSchema) throws {
        try database.inTransaction(.immediate) {
            for migration in schema.migrations.dropFirst(version) { try migration(database) }
            try database.execute(sql: "PRAGMA user_version = \(schema.version)")
            return .commit
        }
    }

    private static func setAside(_ path: String) throws(StorageError) -> String {
        let name = "\(path).damaged-\(Timestamp.fileName(Timestamp.now()))"
        do throws(EventLoopError) {
            // With its log, from which it may be repaired.
            for suffix in ["", "-wal", "-shm"] where FileIdentity.of(path: path + suffix) != nil {
                try System.rename(path + suffix, to: name + suffix)
            }
            return name
        } catch {
            throw StorageError("setting the damaged journal \(path) aside", cause: error)
        }
    }

    // MARK: Using

    /// Makes all of these changes durable in one transaction. One that fails leaves no trace and does not touch the
    /// others; only when the transaction as a whole fails, each is tried by itself.
    /// - Parameter beforeCommit: may throw to make the transaction fail.
    func commit(
        _ changes: [JournalChange], beforeCommit: () throws -> Void
    ) -> [Result<JournalChange.Outcome, StorageError>] {
        do {
            return try commitTogether(changes, beforeCommit)
        } catch {
            guard changes.count > 1 else { return [.failure(StorageError("writing to the journal", cause: error))] }
            return changes.flatMap { commit([$0], beforeCommit: beforeCommit) }
        }
    }

    private func commitTogether(
        _ changes: [JournalChange], _ beforeCommit: () throws -> Void
    ) throws -> [Result<JournalChange.Outcome, StorageError>] {
        try pool.writeWithoutTransaction { database in
            var results: [Result<JournalChange.Outcome, StorageError>] = []
            try database.inTransaction(.immediate) {
                results = try changes.map { try apply($0, database) }
                try beforeCommit()
                return .commit
            }
            return results
        }
    }

    private func apply(
        _ change: JournalChange, _ database: Database
    ) throws -> Result<JournalChange.Outcome, StorageError> {
        do {
            var outcome = JournalChange.Outcome()
            try database.inSavepoint {
                outcome = try change.apply(database)
                return .commit
            }
            return .success(outcome)
        } catch {
            // A full disk may end the whole transaction.
            guard database.isInsideTransaction else { throw error }
            return .failure(StorageError(change.operation, cause: error))
        }
    }

    func read<Value>(_ operation: String, _ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try pool.read(body)
        } catch {
            throw StorageError(operation, cause: error)
        }
    }

    /// Gives room back to the file system and empties the log, so that what was deleted is gone from the disk.
    func compact() throws(StorageError) {
        do {
            try pool.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA incremental_vacuum")
                try database.checkpoint(.truncate)
            }
        } catch {
            throw StorageError("compacting the journal", cause: error)
        }
    }

    /// For settings of the writing connection, such as a limit of its size.
    func configure(_ sql: String) throws {
        try pool.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    func close() {
        // The pool closes its readers last, and they cannot do it.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try? pool.close()
    }
}
