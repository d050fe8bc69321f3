import EventLoop
import Testing

@testable import CodexAppServer

/// The other side is Python's websockets, which is not ours.
@Suite("A WebSocket to Python's websockets", .timeLimit(.minutes(2)), .enabled(if: RunningServer.websockets != nil))
struct PythonServerTests {
    private static func run(
        isUnix: Bool = true, _ body: @Sendable (isolated SocketActor, WebSocket, SocketLog) async throws -> Void
    ) async throws {
        try await SocketActor.run { loop, actor in
            let (server, endpoint) = try await RunningServer.python(isUnix: isUnix, on: loop)
            defer { server.close() }
            let log = SocketLog()
            let socket = try await WebSocket.connect(to: endpoint, on: loop) { log.take($0) }
            defer { socket.close() }
            try await body(actor, socket, log)
        }
    }

    @Test("messages come back as they were, over Unix sockets and TCP", arguments: [true, false])
    func echo(_ isUnix: Bool) async throws {
        try await Self.run(isUnix: isUnix) { actor, socket, log in
            let lengths = [0, 1, 125, 126, 127, 65535, 65536, 300_000]
            let texts = lengths.map { Array(repeating: UInt8(ascii: "x"), count: $0) } + [Array("grüße, 世界 🌍\0\n".utf8)]
            for text in texts { socket.write(text) }
            await log.wait { $0.messages.count == texts.count }
            #expect(log.messages == texts)
        }
    }

    @Test("a message of 40 MB goes out in fragments, and arrives in one frame and in fragments", arguments: [true, false])
    func large(_ isUnix: Bool) async throws {
        try await Self.run(isUnix: isUnix) { actor, socket, log in
            let text = Array(repeating: UInt8(ascii: "x"), count: 40_000_000)
            try await socket.send(text)
            await log.wait { $0.messages.count == 1 }
            #expect(log.texts == ["40000000 dd1546574cfd04fdf6cf1101e4e4fdbd0cc27b68052769c31c6c6ee8e672c79f"])
            socket.write(Array("SEND 40000000".utf8))
            await log.wait { $0.messages.count == 2 }
            #expect(log.messages[1] == text)
            socket.write(Array("FRAGMENTS 400 100000".utf8))
            await log.wait { $0.messages.count == 3 }
            #expect(log.messages[2].count == 40_000_000)
            #expect(log.messages[2].suffix(4) == Array("üü".utf8)[...])
        }
    }

    @Test("pings go and are answered both ways, in the middle of a large message too")
    func pings() async throws {
        try await Self.run { actor, socket, log in
            socket.write(Array("PING".utf8))
            await log.wait { $0.texts == ["pong received"] }
            socket.write(Array(repeating: UInt8(ascii: "x"), count: 20_000_000))
            socket.ping()
            await log.wait { $0.messages.count == 2 }
            #expect(log.texts[1].hasPrefix("20000000 "))
        }
    }

    @Test("a server that does not read for a while holds up who sends")
    func backPressure() async throws {
        try await Self.run { actor, socket, log in
            socket.write(Array("SLEEP 0.3".utf8))
            let start = ContinuousClock.now
            for _ in 0..<100 { try await socket.send(Array(repeating: UInt8(ascii: "x"), count: 100_000)) }
            #expect(ContinuousClock.now - start > .milliseconds(200))
            await log.wait { $0.messages.count == 100 }
        }
    }

    @Test("the server's close, with its code, and its abrupt end are told")
    func ends() async throws {
        try await Self.run { actor, socket, log in
            socket.write(Array("CLOSE 4001 enough".utf8))
            let error = await log.waitForEnd()
            #expect(error.code == .connectionLost)
            #expect(error.reason.contains("4001: enough"))
        }
        try await Self.run(isUnix: false) { actor, socket, log in
            socket.write(Array("ABORT".utf8))
            #expect(await log.waitForEnd().code == .connectionLost)
        }
    }

    @Test("a right token is let in, and a wrong one is refused in the server's words")
    func token() async throws {
        try await SocketActor.run { loop, actor in
            let (server, endpoint) = try await RunningServer.python(isUnix: false, token: "secret", on: loop)
            let log = SocketLog()
            let socket = try await WebSocket.connect(to: endpoint, bearerToken: "secret", on: loop) { log.take($0) }
            socket.write(Array("in".utf8))
            await log.wait { $0.texts == ["in"] }
            socket.close()
            for token in [nil, "guess"] {
                let error = await ConnectTests.failure(to: endpoint, token: token, on: loop)
                #expect(error?.code == .unauthorized)
                #expect(error?.reason == "invalid bearer token")
            }
            server.close()
        }
    }
}
