import EventLoop
import Transcripts
import Foundation
import GRDB
import Testing
@testable import Sessions

@Suite("The journal")
struct JournalTests {
    @Test("what a caller was told is written is there after a crash")
    func crash() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            var turn = try await journal.record("häß\n", session: "ahri-mid")
            turn.state = .delivering
            turn.transcript = TranscriptPosition(path: "/t", device: .max, inode: 2, offset: 3)
            turn.agentTurnID = "p"
            turn.reason = "r"
            turn.altered = true
            turn.transcriptEnd = 9
            turn.deliveredAt = 4
            try await journal.record(turn, event: JournalEvent(.turnDelivering, of: turn))
            // What a crash leaves: the file and its log, with nobody who closed them.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: storage.path("journal.sqlite" + suffix), toPath: storage.path("crashed.sqlite" + suffix))
            }
            await journal.close()

            let recovered = try await storage.openJournal("crashed.sqlite")
            #expect(try await recovered.specs().map(\.id) == ["ahri-mid"])
            #expect(try await recovered.openTurns(of: "ahri-mid") == [turn])
            #expect(try await recovered.endedTurns(of: "ahri-mid", limit: 9).isEmpty)
            #expect(try await recovered.turn(turn.id) == turn)
            #expect(try await recovered.events(since: 0).map(\.kind) == [.turnQueued, .turnDelivering])
            await recovered.close()
        }
    }

    @Test("the file and its companions are for their user only, and commits wait for the disk")
    func settings() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
                #expect(try storage.permissions(name) == 0o600)
            }
            for (setting, value) in [("synchronous", "2"), ("journal_mode", "wal"), ("foreign_keys", "1"), ("secure_delete", "1")] {
                try await journal.write(JournalChange(operation: "asking for \(setting)") { database in
                    let found = try String.fetchOne(database, sql: "PRAGMA \(setting)")
                    #expect(found == value, "\(setting)")
                    return .init()
                })
            }
            await journal.close()
        }
    }

    @Test("a thousand writes at once are a few transactions")
    func grouping() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1000 {
                    group.addTask { try await journal.record("\(number)", session: "ahri-mid") }
                }
                try await group.waitForAll()
            }
            #expect(await journal.transactionCount < 250)
            let turns = try await journal.openTurns(of: "ahri-mid")
            #expect(turns.map(\.id) == Array(1...1000))
            #expect(Set(turns.map(\.text)).count == 1000)
            await journal.close()
        }
    }

    @Test("two equal messages are two turns")
    func equalMessages() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            try await journal.record("continue", session: "ahri-mid")
            try await journal.record("continue", session: "ahri-mid")
            #expect(try await journal.openTurns(of: "ahri-mid").map(\.text) == ["continue", "continue"])
            await journal.close()
        }
    }

    @Test("a write that cannot be fails alone, and leaves neither turn nor event")
    func neighbours() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        if number % 5 == 0 {
                            await expectStorageError(.conflict) { try await journal.record("lost", session: "nobody") }
                        } else {
                            await #expect(throws: Never.self) { try await journal.record("kept", session: "ahri-mid") }
                        }
                    }
                }
            }
            #expect(await journal.transactionCount < 40)
            #expect(try await journal.openTurns(of: "ahri-mid").count == 40)
            #expect(try await journal.events(since: 0).count == 40)
            await journal.close()
        }
    }

    @Test("what is read includes what was written before, waited for or not")
    func readYourWrites() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            for number in 1...20 {
                let id = try await storage.loop.perform {
                    var turn = Turn(
                        id: journal.allocateTurnID(), session: "ahri-mid", origin: .terminal, state: .running, text: nil, createdAt: 1)
                    journal.recordLater(turn, event: JournalEvent(.turnStarted, of: turn))
                    turn.agentTurnID = "p\(number)"
                    journal.recordLater(turn, event: JournalEvent(.turnStarted, of: turn))
                    return turn.id
                }
                #expect(try await journal.turn(id)?.agentTurnID == "p\(number)")
            }
            await journal.close()
        }
    }

    @Test("a turn's text is written once, and stays when the turn changes without it")
    func textOnce() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            var turn = try await journal.record("text", session: "ahri-mid")
            turn.text = nil
            try await journal.finish(turn, at: 5)
            let found = try #require(try await journal.turn(turn.id))
            #expect(found.text == "text")
            #expect(found.state == .completed)
            #expect(try await journal.openTurns(of: "ahri-mid").isEmpty)
            await journal.close()
        }
    }

    @Test("an ended session's id is free, and nothing of it shows in the next that bears it")
    func reuse() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            let old = try await journal.record("old", session: "ahri-mid")
            await expectStorageError(.conflict) { try await journal.save(.sample("ahri-mid", createdAt: 2000)) }
            try await journal.end(session: "ahri-mid")
            #expect(try await journal.specs().isEmpty)
            // Late news of the ended one do not bring it back.
            try await journal.save(.sample("ahri-mid"))
            #expect(try await journal.specs().isEmpty)

            var next = SessionSpec.sample("ahri-mid", createdAt: 2000)
            next.conversation = "next"
            try await journal.save(next)
            #expect(try await journal.endedTurns(of: "ahri-mid", limit: 9).isEmpty)
            #expect(try await journal.openTurns(of: "ahri-mid").isEmpty)
            #expect(try await journal.specs().map(\.conversation) == ["next"])
            #expect(try await journal.turn(old.id)?.text == "old")
            await journal.close()
        }
    }

    @Test("ids of turns rise for ever, whatever is removed")
    func risingIDs() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            let turn = try await journal.record("x", session: "ahri-mid")
            try await journal.purge(session: "ahri-mid")
            await journal.close()
            let again = try await storage.openJournal()
            #expect(try await storage.loop.perform { again.allocateTurnID() } > turn.id)
            await again.close()
        }
    }

    @Test("a session whose record cannot be read is left out and told of, the others are found")
    func unreadableRecord() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            try await journal.save(.sample("zed-top"))
            try await journal.configure("UPDATE session SET record = '{\"id\":1}' WHERE id = 'zed-top'")
            #expect(try await journal.specs().map(\.id) == ["ahri-mid"])
            let warnings = await journal.takeWarnings()
            #expect(warnings.count == 1 && warnings[0].contains("zed-top"))
            #expect(await journal.takeWarnings().isEmpty)
            await journal.close()
        }
    }

    @Test("a journal that is not open says so")
    func closed() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            await journal.close()
            await journal.close()
            await expectStorageError(.closed) { try await journal.record("x", session: "ahri-mid") }
            await expectStorageError(.closed) { _ = try await journal.specs() }
        }
    }
}
