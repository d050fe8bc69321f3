import EventLoop
import Foundation
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("Connecting to a WebSocket", .timeLimit(.minutes(2)))
struct ConnectTests {
    /// Why connecting fails, at a server that answers as given.
    private func failure(
        deadline: Duration = .seconds(60), to answer: @escaping @Sendable (String) -> [UInt8]?
    ) async throws -> CodexError? {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop, answer: answer)
            defer { server.close() }
            return await Self.failure(to: server.endpoint, deadline: deadline, on: loop)
        }
    }

    static func failure(
        to endpoint: WebSocket.Endpoint, token: String? = nil, deadline: Duration = .seconds(60), on loop: EventLoop,
        isolation: isolated (any Actor)? = #isolation
    ) async -> CodexError? {
        do {
            _ = try await WebSocket.connect(to: endpoint, bearerToken: token, deadline: deadline, on: loop) { _ in
                Issue.record("no events without a connection")
            }
            return nil
        } catch {
            return error
        }
    }

    @Test("endpoints are written as Codex writes them")
    func endpoints() {
        #expect(WebSocket.Endpoint.unix(path: "/run/codex.sock").description == "unix:/run/codex.sock")
        #expect(WebSocket.Endpoint.tcp(host: "127.0.0.1", port: 7801).description == "ws://127.0.0.1:7801")
        #expect(WebSocket.Endpoint.tcp(host: "::1", port: 7801).description == "ws://[::1]:7801")
    }

    @Test("where nobody listens, connecting is refused")
    func refused() async throws {
        try await SocketActor.run { loop, actor in
            let home = try TemporaryHome()
            try home.write("", to: "work/file")
            for path in ["/work/none", "/work/file"] {
                let error = await Self.failure(to: .unix(path: home.path + path), on: loop)
                #expect(error?.code == .refused)
                #expect(error?.operation == "connecting to unix:\(home.path)\(path)")
            }
            let long = await Self.failure(to: .unix(path: "/tmp/" + String(repeating: "long", count: 50)), on: loop)
            #expect(long?.code == .refused)
            let listener = try StreamListener(on: loop, host: "127.0.0.1", port: 0) { _ in }
            let port = try #require(listener.port)
            listener.close()
            // The port is free again once the loop has had a turn.
            try await loop.sleep(for: .zero)
            let error = await Self.failure(to: .tcp(host: "127.0.0.1", port: port), on: loop)
            #expect(error?.code == .refused)
            #expect(await Self.failure(to: .tcp(host: "localhost", port: 1), on: loop)?.code == .refused)
        }
    }

    @Test("a link with a long path leads to the socket")
    func link() async throws {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop)
            let home = try TemporaryHome()
            let folder = try home.makeWorkFolder(String(repeating: "deep/", count: 30))
            try FileManager.default.createSymbolicLink(atPath: folder + "/socket", withDestinationPath: server.path)
            let socket = try await WebSocket.connect(to: .unix(path: folder + "/socket"), on: loop) { _ in }
            socket.write(Array("through the link".utf8))
            await server.connections[0].wait { $0.texts == ["through the link"] }
            socket.close()
            server.close()
        }
    }

    @Test("the request that arrives names no origin, and carries the token")
    func request() async throws {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop)
            let socket = try await WebSocket.connect(to: server.endpoint, bearerToken: "secret", on: loop) { _ in }
            let request = try #require(server.connections[0].request)
            #expect(request.hasPrefix("GET / HTTP/1.1\r\nHost: localhost\r\n"))
            #expect(request.contains("\r\nAuthorization: Bearer secret\r\n"))
            #expect(!request.lowercased().contains("origin"))
            socket.close()
            server.close()
        }
    }

    @Test("a token that is missing or wrong is told in the server's words")
    func unauthorized() async throws {
        let error = try await failure { _ in
            HandshakeTests.bytes(["HTTP/1.1 401 Unauthorized", "content-length: 30"], body: "missing websocket bearer token")
        }
        #expect(error?.code == .unauthorized)
        #expect(error?.reason == "missing websocket bearer token")
        #expect(error.map { "\($0)" }?.hasPrefix("connecting to unix:/tmp/web-socket-") == true)
    }

    @Test("a server of something else is told from one that is not there")
    func otherServers() async throws {
        #expect(try await failure { _ in Array("220 mail.example ESMTP\r\n\r\n".utf8) }?.code == .protocolViolation)
        #expect(try await failure { _ in HandshakeTests.bytes(HandshakeTests.answer) }?.code == .protocolViolation)
        #expect(try await failure { _ in Array(repeating: 0x61, count: 100_000) }?.code == .protocolViolation)
    }

    @Test("a server that does not answer is given up at the deadline, one that refuses is quoted as far as it got")
    func deadline() async throws {
        let silent = try await failure(deadline: .milliseconds(100)) { _ in nil }
        #expect(silent?.code == .timedOut)
        let slow = try await failure(deadline: .milliseconds(100)) { _ in Array("HTTP/1.1 101 ".utf8) }
        #expect(slow?.code == .timedOut)
        let refusing = try await failure(deadline: .milliseconds(100)) { _ in
            HandshakeTests.bytes(["HTTP/1.1 403 Forbidden", "content-length: 1000"], body: "because")
        }
        #expect(refusing?.code == .unauthorized)
        #expect(refusing?.reason == "because")
    }

    @Test("a connection that ends in the handshake is lost")
    func earlyEnd() async throws {
        try await SocketActor.run { loop, actor in
            let directory = try TemporaryHome()
            let listener = try StreamListener(on: loop, unixPath: directory.path + "/socket") { $0.close() }
            let error = await Self.failure(to: .unix(path: directory.path + "/socket"), on: loop)
            #expect(error?.code == .connectionLost)
            listener.close()
        }
    }

    @Test("connecting ends when its task is cancelled")
    func cancellation() async throws {
        try await SocketActor.run { loop, actor in
            let asked = AsyncStream<Void>.makeStream()
            let server = try LocalServer(on: loop) { _ in
                asked.continuation.yield()
                return nil
            }
            let endpoint = server.endpoint
            let task = Task {
                _ = actor
                return await Self.failure(to: endpoint, on: loop)
            }
            for await _ in asked.stream { break }
            task.cancel()
            #expect(await task.value?.code == .closed)
            await server.connections[0].wait { $0.hasEnded }
            server.close()
        }
    }

    @Test("messages that come with the handshake are told after connecting, in order")
    func firstMessages() async throws {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop) { request in
                LocalServer.accept(request)! + Frame(text: "one").bytes + Frame(text: "two").bytes + Frame(text: "three").bytes.dropLast()
            }
            let log = SocketLog()
            var hasReturned = false
            let socket = try await WebSocket.connect(to: server.endpoint, on: loop) { event in
                #expect(hasReturned)
                log.take(event)
            }
            hasReturned = true
            server.connections[0].stream.write(Frame(text: "three").bytes.suffix(1))
            await log.wait { $0.texts == ["one", "two", "three"] }
            socket.close()
            server.close()
        }
    }

    @Test("a server that closes right after the handshake is told as lost, after its last words")
    func immediateEnd() async throws {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop) { LocalServer.accept($0)! + Frame(text: "bye").bytes }
            let log = SocketLog()
            let socket = try await WebSocket.connect(to: server.endpoint, on: loop) { log.take($0) }
            server.connections[0].stream.close()
            #expect(await log.waitForEnd().code == .connectionLost)
            #expect(log.texts == ["bye"])
            socket.close()
            server.close()
        }
    }
}
