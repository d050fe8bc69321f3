import Synchronization
import Testing
@testable import Sessions

@Suite("The journal and a disk that fails")
struct JournalFaultTests {
    @Test("a full disk fails the writer with the reason, and the journal works again when there is room")
    func diskFull() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            let before = try await journal.record("before", session: "ahri-mid")
            try await journal.configure("PRAGMA max_page_count = 1")
            let large = String(repeating: "x", count: 1 << 20)
            await expectStorageError(.diskFull) { try await journal.record(large, session: "ahri-mid") }
            #expect(try await journal.openTurns(of: "ahri-mid") == [before])
            try await journal.configure("PRAGMA max_page_count = 1000000")
            let after = try await journal.record(large, session: "ahri-mid")
            #expect(try await journal.openTurns(of: "ahri-mid") == [before, after])
            await journal.close()
        }
    }

    @Test("when the disk has room for some, the small ones are written and the large one fails")
    func someRoom() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            try await journal.configure("PRAGMA max_page_count = 100")
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        if number == 10 {
                            await expectStorageError(.diskFull) {
                                try await journal.record(String(repeating: "x", count: 1 << 20), session: "ahri-mid")
                            }
                        } else {
                            await #expect(throws: Never.self) { try await journal.record("small", session: "ahri-mid") }
                        }
                    }
                }
            }
            #expect(try await journal.openTurns(of: "ahri-mid").count == 29)
            await journal.close()
        }
    }

    @Test("a file that cannot be written to says so")
    func readOnly() async throws {
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid")
            try await journal.configure("PRAGMA query_only = ON")
            await expectStorageError(.readOnly) { try await journal.record("x", session: "ahri-mid") }
            try await journal.configure("PRAGMA query_only = OFF")
            try await journal.record("x", session: "ahri-mid")
            await journal.close()
        }
    }

    @Test("when a transaction fails at its commit, everybody in it is told, and none of it is there")
    func failingCommits() async throws {
        struct Fault: Error {}
        let isFailing = Mutex(false)
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid") {
                if isFailing.withLock({ $0 }) { throw Fault() }
            }
            isFailing.withLock { $0 = true }
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask { await expectStorageError(.failed) { try await journal.record("x", session: "ahri-mid") } }
                }
            }
            isFailing.withLock { $0 = false }
            #expect(try await journal.openTurns(of: "ahri-mid").isEmpty)
            #expect(try await journal.events(since: 0).isEmpty)
            try await journal.record("y", session: "ahri-mid")
            #expect(try await journal.events(since: 0).map(\.sequence) == [1])
            await journal.close()
        }
    }

    @Test("a commit that fails for one fault fails only what it must")
    func oneFault() async throws {
        struct Fault: Error {}
        let commits = Mutex(0)
        try await Storage.with { storage in
            let journal = try await storage.openJournal(with: "ahri-mid") {
                let number = commits.withLock { commits in
                    commits += 1
                    return commits
                }
                if number == 3 { throw Fault() }
            }
            let failures = await withTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { (try? await journal.record("x", session: "ahri-mid")) == nil ? 1 : 0 }
                }
                return await group.reduce(0, +)
            }
            #expect(failures <= 1)
            #expect(try await journal.openTurns(of: "ahri-mid").count == 20 - failures)
            await journal.close()
        }
    }
}
