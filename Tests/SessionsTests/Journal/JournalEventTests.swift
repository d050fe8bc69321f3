import JSON
import Synchronization
import Testing
@testable import Sessions

@Suite("The event log")
struct JournalEventTests {
    @Test("an event carries ids, states and sizes, and never a message")
    func noText() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            let turn = try await journal.record("a secret", session: "ahri-mid")
            let event = try #require(try await journal.events(since: 0).first)
            #expect(event.turn == turn.id)
            #expect(event.detail["bytes"] == 8)
            #expect(event.detail["state"] == "queued")
            #expect(try !JSON.encode(event).compact.contains("secret"))
            await journal.close()
        }
    }

    @Test("events are read in order, from any place, some at a time, of one session or all")
    func reading() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal()
            for number in 0..<10 {
                try await journal.append(JournalEvent(
                    .inputNeeded, session: number.isMultiple(of: 2) ? "ahri-mid" : "zed-top", turn: nil, detail: ["n": JSON(number)]))
            }
            func numbers(_ events: [JournalEvent]) -> [Int?] { events.map { $0.detail["n"]?.int } }
            #expect(numbers(try await journal.events(since: 0)) == Array(0..<10))
            #expect(numbers(try await journal.events(since: 4, limit: 3)) == [4, 5, 6])
            #expect(numbers(try await journal.events(since: 2, session: "zed-top")) == [3, 5, 7, 9])
            #expect(try await journal.events(since: 10).isEmpty)
            await journal.close()
        }
    }

    @Test("a follower gets every event once, in order, and only when it is durable")
    func following() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            let seen = Mutex<[Int64]>([])
            let follower = await journal.follow { events in seen.withLock { $0 += events.map { $0.sequence ?? -1 } } }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { try await journal.record("x", session: "ahri-mid") } }
                try await group.waitForAll()
            }
            #expect(seen.withLock { $0 } == Array(1...100))
            await journal.stopFollowing(follower)
            try await journal.record("x", session: "ahri-mid")
            #expect(seen.withLock { $0.count } == 100)
            await journal.close()
        }
    }

    @Test("an event of a kind that is not known yet is read as it is")
    func unknownKinds() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal()
            let event = JournalEvent(time: 5, kind: EventKind(rawValue: "moon.rose"), session: nil, turn: nil, detail: ["b": 1, "a": 2.50])
            try await journal.append(event)
            let read = try #require(try await journal.events(since: 0).first)
            #expect(read.kind.rawValue == "moon.rose")
            #expect(read.time == 5)
            #expect(read.detail.keys == ["b", "a"])
            #expect(try JSON(parsing: JSON.encode(read).compact).decode(JournalEvent.self) == read)
            await journal.close()
        }
    }

    @Test("a log has a name of its own, and keeps it")
    func identity() async throws {
        try await Storage.with { storage in
            var journal = try await storage.openJournal()
            let identity = try await journal.identity()
            await journal.close()
            journal = try await storage.openJournal()
            #expect(try await journal.identity() == identity)
            await journal.close()
            let other = try await storage.openJournal("other.sqlite")
            #expect(try await other.identity() != identity)
            await other.close()
        }
    }
}
