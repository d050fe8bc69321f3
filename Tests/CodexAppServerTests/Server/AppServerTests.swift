import EventLoop
import JSON
import Logging
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("One app-server for all threads", .timeLimit(.minutes(2)))
struct AppServerTests {
    private static func words(_ event: AppServer.ThreadEvent) -> String {
        switch event {
        case .notification(let notification): "\(notification)"
        case .request(let request): "request \(request.id.compact) \(request.method)"
        case .connectionLost(let error): "lost: \(error.code.rawValue)"
        case .reconnected: "reconnected"
        case .serverFailed(let error, _): "failed: \(error.code.rawValue)"
        }
    }

    // MARK: Connecting

    @Test("a server of the user's that is live is joined, introduced to once, and is not ours")
    func joined() async throws {
        try await UserServer.run { _, server in
            let wasThere = [try await server.app.connect(starting: true), try await server.app.connect(starting: false)]
            #expect(wasThere == [false, true])
            let peer = try #require(await server.app.peer)
            #expect(!peer.isOurs)
            #expect(peer.version == "0.163.0")
            #expect(peer.process != nil)
            let received = await server.received(2)
            #expect(received.map { $0["method"] } == ["initialize", "initialized"])
            #expect(received[0]["params"]?["clientInfo"]?["version"] == "7")
            #expect(server.connectionCount == 1)
        }
    }

    @Test("however many want a connection at once, there is one")
    func together() async throws {
        try await UserServer.run { _, server in
            server.answers = ["thread/loaded/list": ["data": ["t"], "nextCursor": nil]]
            let app = server.app
            let calls = (0..<50).map { number in
                Task { number % 2 == 0 ? try await app.call(ThreadLoadedList()).data : try await app.connect(starting: number % 4 == 1) ? [] : ["t"] }
            }
            for call in calls { _ = try await call.value }
            #expect(server.connectionCount == 1)
        }
    }

    @Test("without a server, and without codex, that is said, and nothing can be asked")
    func none() async throws {
        try await UserServer.run { actor, server in
            let home = try TemporaryHome()
            let app = AppServer(
                loop: actor.loop, home: CodexHome(path: home.path),
                program: AppServerProgram(executable: "/nowhere/codex", environment: [:], socket: home.path + "/ours.sock", log: home.path + "/log"),
                clientVersion: "7", logger: .init(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
            func code(_ body: () async throws -> Void) async -> CodexError.Code? {
                do {
                    try await body()
                    return nil
                } catch {
                    return (error as? CodexError)?.code
                }
            }
            #expect(await code { try await app.connect(starting: false) } == .refused)
            #expect(await code { try await app.connect(starting: true) } == .missing)
            #expect(await code { _ = try await app.call(ThreadLoadedList()) } == .missing)
            #expect(await code { _ = try await app.callIfConnected(ThreadLoadedList()) } == .closed)
            await app.close()
            #expect(await code { try await app.connect(starting: true) } == .closed)
        }
    }

    @Test("a server that ends with its first answer is not taken into use")
    func endsAtOnce() async throws {
        try await UserServer.run { _, server in
            server.hangsUp = true
            await #expect(throws: CodexError.self) { try await server.app.connect(starting: false) }
            #expect(await server.app.peer == nil)
            server.hangsUp = false
            server.answers = ["thread/loaded/list": ["data": [], "nextCursor": nil]]
            let loaded = try await server.app.call(ThreadLoadedList())
            #expect(loaded.data == [])
        }
    }

    @Test("a connection that is made while it is let go of is not taken into use")
    func closedMeanwhile() async throws {
        try await UserServer.run { _, server in
            let app = server.app
            let connecting = Task { try await app.connect(starting: false) }
            _ = await server.received(1)
            await app.close()
            let error = await #expect(throws: CodexError.self) { try await connecting.value }
            #expect(error?.code == .closed)
            #expect(await app.peer == nil)
        }
    }

    // MARK: Calling

    @Test("an answer that is not what it should be is an error, and one that refuses is told as it came")
    func answers() async throws {
        try await UserServer.run { _, server in
            server.answers = ["thread/goal/clear": ["cleared": "yes"], "thread/goal/get": ["goal": nil]]
            let error = await #expect(throws: CodexError.self) { try await server.app.call(GoalClear(threadId: "t")) }
            #expect(error?.code == .protocolViolation)
            #expect(error?.operation == "thread/goal/clear")
            let goal = try await server.app.call(GoalGet(threadId: "t")).goal
            #expect(goal == nil)
            let late = await #expect(throws: CodexError.self) { try await server.app.call(ThreadArchive(threadId: "t"), within: .milliseconds(20)) }
            #expect(late?.code == .timedOut)
        }
    }

    // MARK: Threads

    @Test("each follower is told of its own thread, in order, and nobody of others")
    func following() async throws {
        try await UserServer.run { _, server in
            let app = server.app
            try await app.connect(starting: false)
            let (told, continuation) = AsyncStream<String>.makeStream()
            for thread in ["a", "b"] { app.follow(thread) { continuation.yield("\(thread): \(Self.words($0))") } }
            server.send([
                ["method": "thread/archived", "params": ["threadId": "a"]],
                ["method": "thread/closed", "params": ["threadId": "c"]],
                ["method": "thread/started", "params": ["thread": ["id": "b"]]],
                ["method": "turn/started", "params": ["threadId": "a", "turn": "not understood"]],
                ["method": "warning", "params": [:]],
                ["method": "thread/goal/cleared", "params": ["threadId": "b"]],
                ["method": "thread/deleted", "params": ["threadId": "a"]],
            ])
            var words: [String] = []
            for await word in told {
                words.append(word)
                if words.count == 4 { break }
            }
            #expect(words == ["a: archived", #"b: other(method: "thread/started")"#, "b: goalCleared", "a: deleted"])
        }
    }

    @Test("a request of the server's reaches the follower of its thread, or of the one that started that; another's is left to others")
    func requests() async throws {
        try await UserServer.run { _, server in
            let app = server.app
            try await app.connect(starting: false)
            _ = await server.received(2)
            server.answers = ["thread/read": ["thread": ["id": "b", "parentThreadId": "a"]]]
            app.follow("a") { event in
                guard case .request(let request) = event else { return }
                if request.id == 0 || request.id == 2 { app.respond(to: request, with: ["decision": "accept"]) } else { app.reject(request, "no") }
            }
            server.send([
                ["id": 0, "method": "item/fileChange/requestApproval", "params": ["threadId": "a"]],
                ["id": 1, "method": "item/tool/call", "params": ["threadId": "a"]],
                ["id": 2, "method": "item/tool/call", "params": ["threadId": "b"]],
                ["id": 3, "method": "currentTime/read", "params": [:]],
            ])
            let answers = await server.received(7).dropFirst(2).filter { $0["method"] == nil }
            #expect(answers.map { $0["id"] } == [0, 1, 3, 2])
            #expect(answers.map { $0["result"] } == [["decision": "accept"], nil, nil, ["decision": "accept"]])
            #expect(answers.map { $0["error"]?["code"] } == [nil, -32601, -32601, nil])
            // Its user may answer it elsewhere.
            server.answers = ["thread/read": ["thread": ["id": "d", "parentThreadId": nil]], "thread/goal/get": ["goal": nil]]
            server.send([["id": 4, "method": "item/tool/call", "params": ["threadId": "d"]]])
            _ = await server.received(8)
            _ = try await app.callIfConnected(GoalGet(threadId: "d"))
            #expect(await server.received(9).last?["method"] == "thread/goal/get")
        }
    }

    // MARK: The end

    @Test("when the connection is lost, followers are told, and told again when there is another one")
    func lost() async throws {
        try await UserServer.run { _, server in
            let app = server.app
            try await app.connect(starting: false)
            let (told, continuation) = AsyncStream<String>.makeStream()
            app.follow("a") { continuation.yield(Self.words($0)) }
            let call = Task { try await app.callIfConnected(ThreadArchive(threadId: "a")) }
            _ = await server.received(3)
            server.hangUp()
            var words = told.makeAsyncIterator()
            #expect(await words.next() == "lost: connection-lost")
            let error = await #expect(throws: CodexError.self) { try await call.value }
            #expect(error?.code == .connectionLost)
            #expect(await words.next() == "reconnected")
            #expect(server.connectionCount == 2)
            #expect(await app.peer?.isOurs == false)
        }
    }

    @Test("a server of the user's is never stopped, but let go of when nobody follows a thread")
    func notOurs() async throws {
        try await UserServer.run { _, server in
            let app = server.app
            try await app.connect(starting: false)
            app.follow("a") { _ in }
            #expect(await !app.stopIfUnused())
            app.stopFollowing("a")
            #expect(await app.stopIfUnused())
            #expect(await app.release())
            #expect(await app.peer == nil)
        }
    }
}
