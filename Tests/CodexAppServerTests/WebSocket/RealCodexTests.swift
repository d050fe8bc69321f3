import EventLoop
import JSON
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("A WebSocket to the real Codex", .timeLimit(.minutes(2)), .enabled(if: RealAgents.codex != nil))
struct RealCodexTests {
    private static let initialize: JSON = [
        "id": 1, "method": "initialize", "params": ["clientInfo": ["name": "test", "version": "1"]],
    ]

    private static func run(
        isUnix: Bool, token: String? = nil, given: String? = nil,
        _ body: @Sendable (isolated SocketActor, RunningServer, WebSocket, SocketLog) async throws -> Void
    ) async throws {
        try await SocketActor.run { loop, actor in
            let (server, endpoint) = try await RunningServer.codex(isUnix: isUnix, token: token, on: loop)
            defer { server.close() }
            let log = SocketLog()
            let socket = try await WebSocket.connect(to: endpoint, bearerToken: given, on: loop) { log.take($0) }
            defer { socket.close() }
            try await body(actor, server, socket, log)
        }
    }

    @Test("initialize is answered over a Unix socket behind a long link, and by TCP", arguments: [true, false])
    func initialize(_ isUnix: Bool) async throws {
        try await Self.run(isUnix: isUnix) { actor, server, socket, log in
            socket.write(Self.initialize.bytes)
            await log.wait { !$0.messages.isEmpty }
            let answer = try JSON(parsing: log.messages[0])
            #expect(answer["id"]?.int == 1)
            #expect(answer["result"]?["userAgent"]?.string?.hasPrefix("test/\(RealAgents.codexVersion) ") == true)
        }
    }

    @Test("a capability token is asked for, and let in")
    func token() async throws {
        try await Self.run(isUnix: false, token: "secret", given: "secret") { actor, server, socket, log in
            socket.write(Self.initialize.bytes)
            await log.wait { !$0.messages.isEmpty }
        }
        for (token, reason) in [(nil, "missing websocket bearer token"), ("guess", "invalid websocket bearer token")] {
            let error = await #expect(throws: CodexError.self) {
                try await Self.run(isUnix: false, token: "secret", given: token) { _, _, _, _ in }
            }
            #expect(error?.code == .unauthorized)
            #expect(error?.reason == reason)
        }
    }

    @Test("30 MB go up in fragments and come down in one frame", arguments: [true, false])
    func large(_ isUnix: Bool) async throws {
        try await Self.run(isUnix: isUnix) { actor, server, socket, log in
            // The server's error names the method that it does not know.
            let method = String(repeating: "x", count: 30_000_000)
            socket.write((["id": 7, "method": .string(method), "params": [:]] as JSON).bytes)
            await log.wait { !$0.messages.isEmpty }
            #expect(log.messages[0].count > 30_000_000)
            socket.write(Self.initialize.bytes)
            await log.wait { $0.messages.count >= 2 }
            let answer = try JSON(parsing: log.messages[1])
            #expect(answer["id"]?.int == 1)
        }
    }

    @Test("its two pongs to each ping are nothing")
    func pongs() async throws {
        try await Self.run(isUnix: true) { actor, server, socket, log in
            for _ in 0..<10 { socket.ping() }
            socket.write(Self.initialize.bytes)
            await log.wait { !$0.messages.isEmpty }
        }
    }

    @Test("the end of its process is seen at once")
    func killed() async throws {
        try await Self.run(isUnix: true) { actor, server, socket, log in
            server.close()
            #expect(await log.waitForEnd().code == .connectionLost)
        }
    }
}
