import EventLoop
import Synchronization
import TestSupport
import Testing
@testable import Sessions

/// What a supervisor is made of, from its start to its death. A later life finds what an earlier one left on disk.
struct SupervisorLife {
    let loop: EventLoop
    let journal: Journal
    let directory: SessionDirectory
    let backend: ScriptedBackend
    private let disk: Disk

    static let id = "ahri"

    /// The disk as the journal sees it, each commit numbered from 1.
    final class Disk: Sendable {
        struct Fault: Error {}
        private let state: Mutex<(commits: Int, failing: Set<Int>, isDead: Bool)>

        init(failing: Set<Int> = []) { state = Mutex((0, failing, false)) }

        func commit() throws {
            try state.withLock { state in
                state.commits += 1
                if state.isDead || state.failing.contains(state.commits) { throw Fault() }
            }
        }

        var commits: Int { state.withLock { $0.commits } }
        func failNext(after good: Int, count: Int = 1) {
            state.withLock { $0.failing.formUnion($0.commits + good + 1...$0.commits + good + count) }
        }
        /// Nothing of this life reaches the disk any more.
        func die() { state.withLock { $0.isDead = true } }
    }

    static func begin(_ folder: String, _ program: ScriptedProgram, disk: Disk = Disk(), failures: Int = 0) async throws -> SupervisorLife {
        let loop = try EventLoop(name: "life")
        let journal = Journal(loop: loop, path: folder + "/journal.sqlite", logger: Storage.quiet) { try disk.commit() }
        try await journal.open()
        let backend = ScriptedBackend(loop: loop, program: program, failures: failures)
        let directory = SessionDirectory(
            loop: loop, journal: journal, file: SessionsFile(loop: loop, path: folder + "/sessions.json", logger: Storage.quiet),
            backends: [backend], logger: Storage.quiet)
        try await directory.recover(spool: [:])
        return SupervisorLife(loop: loop, journal: journal, directory: directory, backend: backend, disk: disk)
    }

    /// The first life, with one session that is idle.
    static func first(_ folder: String, _ program: ScriptedProgram, disk: Disk = Disk()) async throws -> SupervisorLife {
        let life = try await begin(folder, program, disk: disk)
        _ = try await life.directory.create(
            NewSession(
                agent: .claude, path: folder, description: nil, mode: "native", model: nil, id: id, permissionMode: nil,
                trust: false, agentArguments: [], environment: [:], parent: nil))
        // That it was created is written behind: a test that counts commits counts from after it.
        _ = try await life.journal.turn(0)
        return life
    }

    /// The next life after a SIGKILL of this one.
    func die(thenIn folder: String, _ program: ScriptedProgram, failures: Int = 0) async throws -> SupervisorLife {
        disk.die()
        let next = try await Self.begin(folder, program, failures: failures)
        await end()
        return next
    }

    func end() async {
        await backend.agent?.goOn()
        await journal.close()
        await loop.shutdown()
    }

    var agent: ScriptedAgent {
        get async throws { try #require(await backend.agent) }
    }

    var session: Session {
        get async throws { try await directory.session(Self.id) }
    }

    @discardableResult
    func send(_ text: String, queue: Bool = false) async throws -> Turn {
        try await directory.send(text, to: Self.id, literal: false, queue: queue, caller: nil).turn
    }

    func wait(for turn: Int64? = nil, timeout: Duration = .seconds(30)) async throws -> WaitOutcome {
        let waited = try await directory.wait(for: [Self.id], any: false, turn: turn, timeout: timeout, caller: nil)
        return try #require(waited.outcomes.first, "the wait timed out")
    }

    /// Returns when the program has received so many messages.
    func received(_ count: Int, by program: ScriptedProgram) async throws {
        try await eventually("the program to receive \(count) messages") { program.received.count >= count }
    }
}
