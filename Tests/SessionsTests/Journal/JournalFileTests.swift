import EventLoop
import Foundation
import GRDB
import Testing
@testable import Sessions

@Suite("The journal's file over the years")
struct JournalFileTests {
    /// A later version: turns know their cost.
    private static let later = JournalSchema(migrations: JournalSchema.current.migrations + [
        { try $0.execute(sql: "ALTER TABLE turn ADD COLUMN cost REAL") }
    ])

    @Test("an older file is brought up to date, and kept as it was under another name")
    func migration() async throws {
        try await Storage.with { storage in
            var journal = try await storage.openJournal(with: "ahri-mid")
            let turn = try await journal.record("x", session: "ahri-mid")
            await journal.close()
            try storage.write("from an attempt that failed", to: "journal.sqlite.v1.bak")

            journal = try await storage.openJournal(schema: Self.later)
            #expect(try await journal.openTurns(of: "ahri-mid") == [turn])
            try await journal.configure("UPDATE turn SET cost = 1.5")
            await journal.close()
            #expect(try storage.permissions("journal.sqlite.v1.bak") == 0o600)

            let backup = try await storage.openJournal("journal.sqlite.v1.bak")
            #expect(try await backup.openTurns(of: "ahri-mid") == [turn])
            await backup.close()
        }
    }

    @Test("a migration that fails changes nothing, and is tried again at the next start")
    func failingMigration() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            await journal.close()
            let broken = JournalSchema(migrations: Self.later.migrations + [{ try $0.execute(sql: "nonsense") }])
            await expectStorageError(.failed) { _ = try await storage.openJournal(schema: broken) }
            let again = try await storage.openJournal(schema: Self.later)
            #expect(try await again.specs().map(\.id) == ["ahri-mid"])
            await again.close()
        }
    }

    @Test("a file of a newer version is refused in clear words, and left as it is")
    func newerSchema() async throws {
        try await Storage.with { storage in
            let newer = try await storage.openJournal(schema: Self.later)
            try await newer.save(.sample("ahri-mid"))
            await newer.close()
            do {
                _ = try await storage.openJournal()
                Issue.record("it was opened")
            } catch let error as StorageError {
                #expect(error.code == .newerSchema)
                #expect(error.message.contains("newer dev-sessions") && error.message.contains("version 2"))
            }
            let again = try await storage.openJournal(schema: Self.later)
            #expect(try await again.specs().map(\.id) == ["ahri-mid"])
            #expect(try storage.names.filter { $0.contains("bak") || $0.contains("damaged") }.isEmpty)
            await again.close()
        }
    }

    @Test("a file that is no journal is set aside whole, told of, and a new journal begun")
    func garbage() async throws {
        try await Storage.with { storage in
            let garbage = String(repeating: "not a database ", count: 1000)
            try storage.write(garbage, to: "journal.sqlite")
            let journal = try await storage.openJournal(with: "ahri-mid")
            let aside = try #require(try storage.names.first { $0.hasPrefix("journal.sqlite.damaged-") })
            #expect(try storage.text(aside) == garbage)
            let warnings = await journal.takeWarnings()
            #expect(warnings.count == 1 && warnings[0].contains(aside))
            #expect(try await journal.specs().map(\.id) == ["ahri-mid"])
            await journal.close()
        }
    }

    @Test("a journal with damage in its midst is set aside with its log")
    func damage() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            for number in 0..<50 { try await journal.record(String(repeating: "x", count: 4000) + "\(number)", session: "ahri-mid") }
            await journal.close()
            let file = try #require(FileHandle(forUpdatingAtPath: storage.path("journal.sqlite")))
            for page in 2..<20 {
                try file.seek(toOffset: UInt64(page * 4096))
                try file.write(contentsOf: [UInt8](repeating: 0xA5, count: 4096))
            }
            try file.close()
            let again = try await storage.openJournal()
            #expect(try await again.specs().isEmpty)
            #expect(await again.takeWarnings().count == 1)
            #expect(try storage.names.contains { $0.hasPrefix("journal.sqlite.damaged-") })
            await again.close()
        }
    }

    @Test("a message leaves the disk when its time is over, and only then")
    func textRetention() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            let old = try await journal.record("old-secret-0815", session: "ahri-mid")
            let young = try await journal.record("young", session: "ahri-mid")
            let open = try await journal.record("open", session: "ahri-mid")
            let day: Int64 = 86_400_000
            try await journal.finish(old, at: 10 * day)
            try await journal.finish(young, at: 15 * day)
            try await journal.apply(JournalRetention(), now: 18 * day)
            let kept = try await journal.turns(of: "ahri-mid")
            #expect(kept.map(\.id) == [old.id, young.id, open.id])
            #expect(kept.map(\.text) == [nil, "young", "open"])
            #expect(kept[0].textBytes == 15)
            for name in try storage.names {
                let bytes = try FileReader.contents(of: storage.path(name))
                #expect(bytes.firstRange(of: Array("old-secret-0815".utf8)) == nil, "\(name)")
            }
            await journal.close()
        }
    }

    @Test("purging a session leaves nothing of it on the disk, and everything of the others")
    func purging() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            try await journal.save(.sample("zed-top"))
            try await journal.record("secret-4711", session: "ahri-mid")
            let other = try await journal.record("other", session: "zed-top")
            try await journal.purge(session: "ahri-mid")
            #expect(try await journal.specs().map(\.id) == ["zed-top"])
            #expect(try await journal.openTurns(of: "zed-top") == [other])
            #expect(try await journal.events(since: 0).map(\.session) == ["zed-top"])
            for name in try storage.names {
                let bytes = try FileReader.contents(of: storage.path(name))
                #expect(bytes.firstRange(of: Array("secret-4711".utf8)) == nil, "\(name)")
            }
            await journal.close()
        }
    }

    @Test("old events and ended sessions go, the newest stay, and sequence numbers are never used again")
    func pruning() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            try await journal.save(.sample("zed-top"))
            try await journal.end(session: "zed-top", at: 100)
            for time in 1...10 as ClosedRange<Int64> {
                try await journal.append(JournalEvent(time: time * 100, kind: .inputNeeded, session: "ahri-mid", turn: nil))
            }
            #expect(try await journal.pruneEvents(keepingAtMost: 1000, olderThan: 300) == 2)
            #expect(try await journal.pruneEvents(keepingAtMost: 5, olderThan: 0) == 3)
            #expect(try await journal.events(since: 0).map(\.sequence) == [6, 7, 8, 9, 10])
            #expect(try await journal.pruneEvents(keepingAtMost: 0, olderThan: 0) == 5)
            try await journal.append(JournalEvent(time: 0, kind: .inputNeeded, session: "ahri-mid", turn: nil))
            #expect(try await journal.events(since: 0).map(\.sequence) == [11])
            #expect(try await journal.removeSessions(endedBefore: 100) == 0)
            #expect(try await journal.removeSessions(endedBefore: 101) == 1)
            #expect(try await journal.specs().map(\.id) == ["ahri-mid"])
            await journal.close()
        }
    }

    @Test("what sessions ask for often is found by an index", arguments: [
        "\(Turn.selection) WHERE \(Turn.ofLiveSession) AND \(Turn.isOpen) ORDER BY turn.id",
        "\(Turn.selection) WHERE \(Turn.ofLiveSession) ORDER BY turn.id DESC LIMIT 1",
        "SELECT id FROM turn WHERE text IS NOT NULL AND endedAt < ?",
        "SELECT key FROM session WHERE endedAt < ?",
        "SELECT * FROM event WHERE time < ?",
        "SELECT * FROM event WHERE sequence > ? AND session = ? ORDER BY sequence LIMIT ?",
    ])
    func indexes(query: String) async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal()
            let plan = try await journal.read("explaining") { database throws(StorageError) in
                try database.read("explaining") { database in
                    let questions = query.count { $0 == "?" }
                    return try Row.fetchAll(
                        database, sql: "EXPLAIN QUERY PLAN \(query)", arguments: StatementArguments([Int](repeating: 1, count: questions))
                    ).map { $0["detail"] as String }
                }
            }
            #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
            if query.contains(Turn.isOpen) { #expect(plan.contains { $0.contains("turnOpen") }, "\(plan)") }
            await journal.close()
        }
    }
}
