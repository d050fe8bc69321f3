import EventLoop
import JSON
import Logging
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("Our own app-server, the real Codex's", .enabled(if: RealAgents.codex != nil), .serialized, .timeLimit(.minutes(2)))
struct RealAppServerTests {
    /// With a home of its own; the server that is left is ended.
    private func with(_ body: @Sendable (isolated SocketActor, AppServer) async throws -> Void) async throws {
        try await SocketActor.run { loop, actor in
            let home = try TemporaryHome()
            try home.configureCodex(model: "http://127.0.0.1:9/v1")
            let app = AppServer(
                loop: loop, home: CodexHome(path: home.path + "/.codex"),
                program: AppServerProgram(
                    executable: try RealAgents.requireCodex(), environment: home.environment(), socket: home.path + "/ours.sock", log: home.path + "/log"),
                clientVersion: "1", logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(actor, app))
            } catch {
                result = .failure(error)
            }
            let process = await app.peer?.process
            await app.close()
            if let process, process.isAlive { try? System.kill(process.processID, 9) }
            try result.get()
        }
    }

    @Test("it is started once, outlives its connection, is found again, and ends when nobody uses it")
    func life() async throws {
        try await with { actor, app in
            let starts = (0..<10).map { _ in Task { try await app.connect(starting: true) } }
            for start in starts { _ = try await start.value }
            let peer = try #require(await app.peer)
            #expect(peer.isOurs)
            #expect(peer.version == RealAgents.codexVersion)
            let process = try #require(peer.process)
            let later = AppServer(
                loop: actor.loop, home: app.home, program: await app.program, clientVersion: "1",
                logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
            try await later.connect(starting: false)
            #expect(await later.peer?.process == process)
            // Two are connected.
            let isUnused = await app.stopIfUnused()
            #expect(!isUnused)
            await later.close()
            try await eventually("the other's connection to be gone") { await app.stopIfUnused() }
            #expect(!process.isAlive)
            #expect(await app.peer == nil)
        }
    }

    @Test("requests that are under way when nobody uses it any more are waited for, and then it ends")
    func underWay() async throws {
        try await with { _, app in
            try await app.connect(starting: true)
            let process = try #require(await app.peer?.process)
            let requests = Task { for _ in 0..<50 { _ = try await app.callIfConnected(ThreadLoadedList()) } }
            let isUnused = await app.stopIfUnused()
            #expect(isUnused)
            #expect(!process.isAlive)
            _ = await requests.result
        }
    }

    @Test("a thread that is loaded keeps it")
    func loaded() async throws {
        try await with { _, app in
            let thread = try await app.call(
                ThreadStart(cwd: "/", model: nil, approvalPolicy: "never", sandbox: "read-only", config: nil)).thread.id
            #expect(await !app.stopIfUnused())
            _ = try await app.call(ThreadNameSet(threadId: thread, name: "dev-ahri"))
            _ = try await app.call(ThreadArchive(threadId: thread))
            #expect(await app.stopIfUnused())
        }
    }

    @Test("killed, it is started again at once, and those who follow threads are told")
    func killed() async throws {
        try await with { _, app in
            try await app.connect(starting: true)
            let first = try #require(await app.peer?.process)
            let (told, continuation) = AsyncStream<String>.makeStream()
            app.follow("t") { event in
                switch event {
                case .connectionLost: continuation.yield("lost")
                case .reconnected: continuation.yield("reconnected")
                default: continuation.yield("\(event)")
                }
            }
            try System.kill(first.processID, 9)
            var words = told.makeAsyncIterator()
            #expect(await words.next() == "lost")
            #expect(await words.next() == "reconnected")
            let second = try #require(await app.peer?.process)
            #expect(second != first)
            app.stopFollowing("t")
            #expect(await app.stopIfUnused())
            #expect(!second.isAlive)
        }
    }

    @Test("nobody follows a thread any more when the server that is being started for it has come up: it ends")
    func startedForNobody() async throws {
        try await with { _, app in
            let starting = Task { try await app.connect(starting: true) }
            let log = await app.program.log
            try await eventually("the start to begin") { System.exists(log) }
            let isUnused = await app.stopIfUnused()
            #expect(isUnused)
            _ = try await starting.value
            #expect(await app.peer == nil)
            let isRunning = await (try? app.connect(starting: false)) != nil
            #expect(!isRunning)
        }
    }
}
