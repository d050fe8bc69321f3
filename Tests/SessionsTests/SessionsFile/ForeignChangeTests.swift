import EventLoop
import Testing
@testable import Sessions

@Suite("sessions.json, shared with another tool")
struct ForeignChangeTests {
    @Test("what the other tool adds, changes and removes is told once")
    func told() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("a")), .upsert(.sample("b"))])
            #expect(try await file.foreignChanges().isEmpty)
            let changed = SessionRecord.sample("a").with("claudeSystemCountAtSend", 3)
            try storage.writeSessions([changed, .sample("c")])
            #expect(try await file.foreignChanges() == [.changed(changed), .added(.sample("c")), .removed("b")])
            #expect(try await file.foreignChanges().isEmpty)
        }
    }

    @Test("what the other tool did is told too when we write before we look")
    func toldByWriting() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("a")), .upsert(.sample("b"))])
            try storage.writeSessions([.sample("b"), .sample("c")])
            try await file.apply([.upsert(.sample("d"))])
            #expect(try await file.foreignChanges() == [.added(.sample("c")), .removed("a")])
            #expect(try storage.storedIDs() == ["b", "c", "d"])
        }
    }

    @Test("our own writing is no foreign change")
    func ownWriting() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            for number in 0..<5 {
                try await file.apply([.upsert(.sample("a", lastUsed: Int64(number)))])
                #expect(try await file.foreignChanges().isEmpty)
            }
            try await file.apply([.remove("a")])
            #expect(try await file.foreignChanges().isEmpty)
        }
    }

    @Test("a session that the other tool ended is not brought back by late news, and its id can be given again")
    func noResurrection() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("a"))])
            try storage.writeSessions([])
            try await file.apply([.upsert(.sample("a", lastUsed: 5000))])
            try await file.apply([.upsert(.sample("a", status: .inactive, lastUsed: 6000))])
            #expect(try storage.storedIDs() == [])
            #expect(try await file.foreignChanges() == [.removed("a")])
            try await file.apply([.upsert(.sample("a", createdAt: 7000))])
            #expect(try storage.storedIDs() == ["a"])
            #expect(try await file.foreignChanges().isEmpty)
        }
    }

    @Test("a session that was stopped is put back when it lives again")
    func stoppedAndRemoved() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("a", status: .inactive))])
            try storage.writeSessions([])
            #expect(try await file.foreignChanges() == [.removed("a")])
            try await file.apply([.upsert(.sample("a"))])
            #expect(try storage.storedIDs() == ["a"])
        }
    }

    @Test("a session ended and another made of the same name, in one trip, keeps nothing of the old")
    func replacement() async throws {
        try await Storage.with { storage in
            try storage.writeSessions([SessionRecord.sample("a").with("old", true)])
            let file = storage.openSessionsFile()
            try await file.apply([.remove("a"), .upsert(.sample("a", createdAt: 9000))])
            #expect(try storage.storedRecords() == [.sample("a", createdAt: 9000)])
        }
    }

    @Test("a file that is gone is no session ended: what is known is put back")
    func missingFile() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("a")), .upsert(.sample("b"))])
            try System.removeFile(storage.sessionsFile)
            #expect(try await file.foreignChanges().isEmpty)
            try await file.flush()
            #expect(try storage.storedIDs() == ["a", "b"])
        }
    }

    @Test("a record of ours that somebody made invalid is no session ended: it is put back, the other set aside")
    func invalidatedRecord() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("a"))])
            try storage.writeSessions([SessionRecord.sample("a").with("status", "paused")])
            #expect(try await file.foreignChanges().isEmpty)
            try await file.flush()
            #expect(try storage.storedRecords() == [.sample("a")])
            #expect(try storage.text(storage.only("sessions.json.invalid-")).contains("paused"))
        }
    }

    @Test("what the other tool did while there was no supervisor is told at the next start")
    func absence() async throws {
        try await Storage.with { storage in
            try storage.writeSessions([.sample("a"), .sample("new")])
            let file = storage.openSessionsFile()
            await file.expect([.sample("a"), .sample("killed")])
            #expect(try await file.foreignChanges() == [.added(.sample("new")), .removed("killed")])
            try await file.apply([.upsert(.sample("killed"))])
            #expect(try storage.storedIDs() == ["a", "new"])
        }
    }

    @Test("of two records with one id the first is the session, as the npm tool has it, and both stay")
    func duplicates() async throws {
        try await Storage.with { storage in
            try storage.writeSessions([.sample("a"), SessionRecord.sample("a").with("second", true)])
            let file = storage.openSessionsFile()
            #expect(try await file.foreignChanges() == [.added(.sample("a"))])
            try await file.apply([.upsert(.sample("a", lastUsed: 2000))])
            #expect(try storage.storedRecords().map(\.lastUsedMilliseconds) == [2000, 1000])
            #expect(try await file.foreignChanges().isEmpty)
            try await file.apply([.remove("a")])
            #expect(try storage.storedIDs() == [])
        }
    }
}
