import EventLoop
import Foundation
import JSON
import Testing
import TestSupport
@testable import Sessions

@Suite("The lock of sessions.json")
struct StoreLockTests {
    private func age(_ path: String, by seconds: TimeInterval) throws {
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -seconds)], ofItemAtPath: path)
    }

    @Test("one holds it, the next waits, and it is free when it is let go")
    func exclusion() async throws {
        try await Storage.with { storage in
            var suspect: FileIdentity?
            let lock = try #require(try StoreLock.attempt(storage.path("lock"), suspect: &suspect))
            #expect(try StoreLock.attempt(storage.path("lock"), suspect: &suspect) == nil)
            lock.release()
            #expect(try storage.names == [])
            let next = try #require(try StoreLock.attempt(storage.path("lock"), suspect: &suspect))
            lock.release()
            #expect(next.isHeld)
        }
    }

    @Test("a lock that a crash left is taken after 30 s, and not before; with something in it too")
    func staleLock() async throws {
        try await Storage.with { storage in
            let path = storage.path("lock")
            try System.makeDirectory(path)
            try System.append(path + "/x", [])
            var suspect: FileIdentity?
            try age(path, by: 29)
            #expect(try StoreLock.attempt(path, suspect: &suspect) == nil)
            #expect(try StoreLock.attempt(path, suspect: &suspect) == nil)
            try age(path, by: 31)
            #expect(try StoreLock.attempt(path, suspect: &suspect) == nil)
            #expect(try StoreLock.attempt(path, suspect: &suspect)?.isHeld == true)
        }
    }

    @Test("what a process of ours left when it was killed is taken at once, and not what another made since")
    func killedOwner() async throws {
        try await Storage.with { storage in
            let path = storage.path("lock")
            var suspect: FileIdentity?
            let child = try await Command("sh", ["-c", "echo $$"], environment: ["PATH": "/usr/bin:/bin"]).run()
            let number = try #require(Int32(child.outputText.trimmingCharacters(in: .newlines)))
            func beKilled() throws {
                let lock = try JSON.encode(#require(FileIdentity.of(path: path)))
                let owner: JSON = ["lock": lock, "process": ["processID": JSON(Int(number)), "startTime": 1]]
                try System.replace(LockOwner.path(of: path), with: owner.bytes)
            }
            try System.makeDirectory(path)
            try beKilled()
            #expect(try StoreLock.attempt(path, suspect: &suspect)?.isHeld == true)
            #expect(try StoreLock.attempt(path, suspect: &suspect) == nil)
            try beKilled()
            try System.removeTree(path)
            try System.makeDirectory(path)
            try age(path, by: 1)
            #expect(try StoreLock.attempt(path, suspect: &suspect) == nil)
        }
    }

    @Test("a lock that was left and then taken by another is not removed from under it")
    func takenMeanwhile() async throws {
        try await Storage.with { storage in
            let path = storage.path("lock")
            try System.makeDirectory(path)
            try age(path, by: 31)
            var suspect: FileIdentity?
            #expect(try StoreLock.attempt(path, suspect: &suspect) == nil)
            try System.removeTree(path)
            try System.makeDirectory(path)
            #expect(try StoreLock.attempt(path, suspect: &suspect) == nil)
            #expect(FileIdentity.of(path: path) != nil)
        }
    }

    @Test("who slept too long knows that the lock is another's, and leaves it alone")
    func lostLock() async throws {
        try await Storage.with { storage in
            let path = storage.path("lock")
            var suspect: FileIdentity?
            var lock = try #require(try StoreLock.attempt(path, suspect: &suspect))
            // Often with the number of the one before.
            try System.removeTree(path)
            try System.makeDirectory(path)
            try age(path, by: 5)
            let other = try #require(FileIdentity.of(path: path))
            #expect(!lock.isHeld)
            lock.refresh()
            lock.release()
            #expect(FileIdentity.of(path: path) == other)
        }
    }

    @Test("a writer that lost its lock writes nothing, and what it had read counts for nothing")
    func writingWithoutLock() async throws {
        try await Storage.with { storage in
            try storage.writeSessions([.sample("a")])
            var suspect: FileIdentity?
            var lock = try #require(try StoreLock.attempt(storage.path("lock"), suspect: &suspect))
            try System.removeTree(storage.path("lock"))
            var update = SessionsFileUpdate(path: storage.sessionsFile)
            var changes = PendingChanges()
            changes.add(.upsert(.sample("b")))
            #expect(try !update.write(changes, holding: &lock))
            #expect(try storage.storedIDs() == ["a"])
            #expect(update.foreign.isEmpty && update.projection.known.isEmpty)
        }
    }

    @Test("who holds it begins its time anew")
    func refreshing() async throws {
        try await Storage.with { storage in
            var suspect: FileIdentity?
            var lock = try #require(try StoreLock.attempt(storage.path("lock"), suspect: &suspect))
            let before = try #require(FileIdentity.of(path: storage.path("lock"))).modified
            lock.refresh()
            #expect(lock.isHeld)
            let modified = try #require(FileIdentity.of(path: storage.path("lock"))).modified
            #expect(modified > before)
        }
    }

    @Test("while another holds the lock changes wait, and reading does not")
    func waiting() async throws {
        try await Storage.with { storage in
            try storage.writeSessions([.sample("a")])
            try System.makeDirectory(storage.sessionsFile + ".lock")
            let file = storage.openSessionsFile()
            async let written: Void = file.apply([.upsert(.sample("b"))])
            #expect(try await file.foreignChanges() == [.added(.sample("a"))])
            #expect(try await file.records() == [.sample("a")])
            #expect(try storage.storedIDs() == ["a"])
            try System.removeTree(storage.sessionsFile + ".lock")
            try await written
            #expect(try storage.storedIDs() == ["a", "b"])
        }
    }

    @Test("a lock that stays is reported in the npm tool's words, left alone, and the change is written later")
    func timeOut() async throws {
        try await Storage.with { storage in
            let lock = storage.sessionsFile + ".lock"
            try System.makeDirectory(lock)
            let file = storage.openSessionsFile(lockTimeout: .milliseconds(200))
            do {
                try await file.apply([.upsert(.sample("a"))])
                Issue.record("it was written")
            } catch let error as StorageError {
                #expect(error.code == .locked)
                #expect(error.message == "Timed out waiting for session store lock at \(lock)")
            }
            #expect(FileIdentity.of(path: lock) != nil)
            try System.removeTree(lock)
            try await file.flush()
            #expect(try storage.storedIDs() == ["a"])
        }
    }

    @Test("a writer takes up a lock that a crash left")
    func crashedHolder() async throws {
        try await Storage.with { storage in
            try System.makeDirectory(storage.sessionsFile + ".lock")
            try age(storage.sessionsFile + ".lock", by: 60)
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("a"))])
            #expect(try storage.names == ["sessions.json"])
        }
    }

    @Test("six writers of ours at once lose nothing")
    func ourselves() async throws {
        try await Storage.with { storage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    let file = storage.openSessionsFile()
                    group.addTask {
                        for number in 0..<20 {
                            try await file.apply([.upsert(.sample("s-\(writer)-\(number)")), .upsert(.sample("s-\(writer)"))])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try storage.storedIDs().count == 126)
            #expect(Set(try storage.storedIDs()).count == 126)
            #expect(try storage.names == ["sessions.json"])
        }
    }

    @Test("six writers of the npm tool's kind and ours at once lose nothing", .enabled(if: Node.isInstalled))
    func withNode() async throws {
        try await Storage.with { storage in
            let file = storage.openSessionsFile()
            try await file.apply([.upsert(.sample("ours"))])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<6 {
                    group.addTask { _ = try await Node.run(Self.nodeWriter, [storage.sessionsFile, "\(writer)", "25"]) }
                }
                group.addTask {
                    for number in 0..<100 {
                        try await file.apply([.upsert(.sample("s-\(number)")), .upsert(.sample("ours", lastUsed: Int64(1000 + number)))])
                    }
                }
                try await group.waitForAll()
            }
            let records = try storage.storedRecords()
            #expect(Set(records.map(\.championID)).count == 251)
            #expect(records.count == 251)
            // Each of them counted up a field of our record, each time it came.
            #expect(records.first?.fields["visits"] == 150)
            #expect(records.first?.lastUsedMilliseconds == 1099)
            #expect(try storage.names == ["sessions.json"])

            let added = try await file.foreignChanges().filter { if case .added = $0 { true } else { false } }
            #expect(added.count == 150)
        }
    }

    /// The protocol of the npm tool 0.4.4: a directory as the lock, read, temporary file, rename.
    private static let nodeWriter = """
        const fs = require('fs'), [path, writer, count] = process.argv.slice(1), lock = path + '.lock';
        const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));
        async function locked(body) {
          for (const start = Date.now(); ;) {
            try { fs.mkdirSync(lock); break; } catch (error) {
              if (error.code !== 'EEXIST') throw error;
              if (Date.now() - start > 60000) throw new Error('Timed out waiting for session store lock at ' + lock);
              await sleep(20 + Math.random() * 20);
            }
          }
          try { body(); } finally { fs.rmdirSync(lock); }
        }
        (async () => {
          for (let number = 0; number < Number(count); number++) await locked(() => {
            const store = JSON.parse(fs.readFileSync(path, 'utf8'));
            const time = new Date().toISOString();
            store.sessions[0].visits = (store.sessions[0].visits ?? 0) + 1;
            store.sessions.push({ championId: `n-${writer}-${number}`, internalId: 'u', cli: 'claude', mode: 'native',
              path: '/w', status: 'active', createdAt: time, lastUsed: time });
            fs.writeFileSync(path + '.tmp', JSON.stringify(store, null, 2));
            fs.renameSync(path + '.tmp', path);
          });
        })();
        """
}
