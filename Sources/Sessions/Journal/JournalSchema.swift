import GRDB

/// The tables of the journal and how they came to be. A migration that has been released never changes.
struct JournalSchema: Sendable {
    /// The first makes version 1 of an empty file, each further one the next version.
    let migrations: [@Sendable (Database) throws -> Void]

    var version: Int { migrations.count }

    static let current = JournalSchema(migrations: [createTables])

    /// Sessions have a key of their own, because an id is free again once its session has ended. Turns go with their
    /// session; events only name it, so that the log stays whole.
    private static let createTables: @Sendable (Database) throws -> Void = { database in
        try database.execute(sql: """
            CREATE TABLE meta (
                key TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL
            ) STRICT, WITHOUT ROWID;
            INSERT INTO meta VALUES ('identity', lower(hex(randomblob(16))));

            CREATE TABLE session (
                key INTEGER PRIMARY KEY,
                id TEXT NOT NULL,
                record TEXT NOT NULL,
                createdAt INTEGER NOT NULL,
                endedAt INTEGER,
                UNIQUE (id, createdAt)
            ) STRICT;
            CREATE UNIQUE INDEX sessionLive ON session (id) WHERE endedAt IS NULL;
            CREATE INDEX sessionEnded ON session (endedAt) WHERE endedAt IS NOT NULL;

            CREATE TABLE turn (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                sessionKey INTEGER NOT NULL REFERENCES session (key) ON DELETE CASCADE,
                origin TEXT NOT NULL,
                state TEXT NOT NULL,
                text TEXT,
                textBytes INTEGER NOT NULL,
                literal INTEGER NOT NULL,
                createdAt INTEGER NOT NULL,
                deliveredAt INTEGER,
                startedAt INTEGER,
                endedAt INTEGER,
                agentTurnID TEXT,
                transcript TEXT,
                transcriptEnd INTEGER,
                reason TEXT,
                altered INTEGER NOT NULL
            ) STRICT;
            CREATE INDEX turnOfSession ON turn (sessionKey, id);
            CREATE INDEX turnOpen ON turn (sessionKey, id)
                WHERE state IN ('queued', 'delivering', 'running', 'waiting_for_input');
            CREATE INDEX turnWithText ON turn (endedAt) WHERE text IS NOT NULL AND endedAt IS NOT NULL;

            CREATE TABLE event (
                sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                time INTEGER NOT NULL,
                kind TEXT NOT NULL,
                session TEXT,
                turn INTEGER,
                detail TEXT NOT NULL
            ) STRICT;
            CREATE INDEX eventOfSession ON event (session, sequence);
            CREATE INDEX eventTime ON event (time);
            """)
    }
}
