import EventLoop
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("A WebSocket", .timeLimit(.minutes(2)))
struct WebSocketTests {
    fileprivate static func failure(_ body: () async throws(CodexError) -> Void) async -> CodexError? {
        do {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Messages

    @Test("20,000 messages go each way in order")
    func order() async throws {
        try await LocalServer.run { actor, socket, log, server in
            let texts = (0..<20_000).map { "message \($0)" }
            for (index, text) in texts.enumerated() {
                socket.write(Array(text.utf8))
                server.write(Frame(text: text))
                if index.isMultiple(of: 100) { await Task.yield() }
            }
            await log.wait { $0.messages.count == texts.count }
            await server.wait { $0.frames.count == texts.count }
            #expect(log.texts == texts)
            #expect(server.texts == texts)
            #expect(server.frames.allSatisfy { $0.mask != nil })
            #expect(socket.queuedBytes == 0)
        }
    }

    @Test("pings are answered, and pongs that nobody asked for, or twice, are nothing")
    func pings() async throws {
        try await LocalServer.run { actor, socket, log, server in
            server.write(Frame(.ping, "are you there".utf8), Frame(.pong), Frame(.pong))
            await server.wait { $0.frames.contains { $0.opcode == 10 && $0.text == "are you there" } }
            socket.ping()
            await server.wait { $0.frames.contains { $0.opcode == 9 } }
            server.write(Frame(.pong), Frame(.pong), Frame(text: "still here"))
            await log.wait { $0.texts == ["still here"] }
        }
    }

    @Test("a socket can be written to and closed from within its events")
    func reentrance() async throws {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop)
            var socket: WebSocket?
            var received: [String] = []
            socket = try await WebSocket.connect(to: server.endpoint, on: loop) { event in
                guard case .message(let text) = event else {
                    Issue.record("\(event)")
                    return
                }
                received.append(String(decoding: text, as: UTF8.self))
                socket?.write(Array("got it".utf8))
                if received.count == 2 { socket?.close() }
            }
            server.connections[0].write(Frame(text: "one"), Frame(text: "two"), Frame(text: "three"))
            await server.connections[0].wait { $0.hasEnded }
            #expect(received == ["one", "two"])
            #expect(server.connections[0].texts == ["got it", "got it"])
            socket = nil
            server.close()
        }
    }

    // MARK: Back-pressure

    @Test("a server that does not read holds up who sends, with little queued; then all arrives in order")
    func backPressure() async throws {
        try await LocalServer.run { actor, socket, log, server in
            server.stream.pauseReading()
            let size = 100_000
            var sent = 0
            let sending = Task {
                _ = actor
                for index in 0..<100 {
                    try await socket.send(Array(repeating: UInt8(ascii: "a") + UInt8(index % 26), count: size))
                    sent += 1
                }
            }
            // The kernel's buffers take some; a queue without bound would take all in a few turns.
            for _ in 0..<1000 { await Task.yield() }
            #expect(sent < 50)
            #expect(socket.queuedBytes <= size)
            server.stream.resumeReading()
            try await sending.value
            await server.wait { $0.frames.count == 100 }
            #expect(server.frames.enumerated().allSatisfy { index, frame in
                frame.payload.count == size && frame.payload.first == UInt8(ascii: "a") + UInt8(index % 26)
            })
            #expect(socket.queuedBytes == 0)
        }
    }

    @Test("writing does not block, and counts what is queued")
    func queue() async throws {
        try await LocalServer.run { actor, socket, log, server in
            server.stream.pauseReading()
            for _ in 0..<100 { socket.write(Array(repeating: UInt8(ascii: "x"), count: 100_000)) }
            #expect(socket.queuedBytes > 8_000_000)
            server.stream.resumeReading()
            await server.wait { $0.frames.count == 100 }
            #expect(socket.queuedBytes == 0)
        }
    }

    @Test("pausing stops events at once, within one piece too, and holds up the server; resuming loses nothing")
    func pausing() async throws {
        try await LocalServer.run { actor, socket, log, server in
            var received: [Int] = []
            let loop = actor.loop
            let second = try LocalServer(on: loop)
            var paused: WebSocket?
            paused = try await WebSocket.connect(to: second.endpoint, on: loop) { event in
                log.take(event)
                guard case .message(let text) = event else { return }
                received.append(text.count)
                if received.count == 2 { paused?.pauseReading() }
            }
            let connection = second.connections[0]
            let frames = (0..<5).map { Frame(.text, Array(repeating: 0x61, count: $0)) }
            connection.stream.write(frames.flatMap(\.bytes))
            for size in 5..<25 { connection.write(Frame(.text, Array(repeating: 0x61, count: size * 100_000))) }
            connection.stream.finishWriting()
            await log.wait { $0.messages.count == 2 }
            for _ in 0..<1000 { await Task.yield() }
            #expect(received == [0, 1])
            #expect(connection.stream.queuedBytes > 20_000_000)
            paused?.resumeReading()
            #expect(received == [0, 1])
            #expect(await log.waitForEnd().code == .connectionLost)
            #expect(received == [0, 1, 2, 3, 4] + (5..<25).map { $0 * 100_000 })
            paused = nil
            second.close()
        }
    }

    @Test("an end that comes while paused is told after resuming, or never if closed before")
    func pausedEnd() async throws {
        for resumes in [true, false] {
            try await LocalServer.run { actor, socket, log, server in
                socket.pauseReading()
                server.write(Frame(text: "last"), Frame(closeCode: 1001))
                server.stream.close()
                for _ in 0..<100 { await Task.yield() }
                #expect(log.messages.isEmpty && log.failure == nil)
                guard resumes else { return }
                socket.resumeReading()
                #expect(await log.waitForEnd().code == .connectionLost)
                #expect(log.texts == ["last"])
            }
        }
    }

    // MARK: The end

    @Test("closing sends what is queued, a close frame, and ends, without events")
    func closing() async throws {
        try await LocalServer.run { actor, socket, log, server in
            for index in 0..<100 { socket.write(Array("\(index)".utf8)) }
            socket.write(Array(repeating: UInt8(ascii: "x"), count: 3_000_000))
            socket.close()
            socket.write(Array("too late".utf8))
            #expect(await Self.failure { () throws(CodexError) in try await socket.send([]) }?.code == .closed)
            await server.wait { $0.hasEnded }
            #expect(server.texts.count == 101)
            #expect(server.frames.last?.opcode == 8)
            #expect(server.frames.last?.payload == [0x03, 0xE8])
            server.write(Frame(text: "nobody listens"))
            socket.close()
            #expect(log.messages.isEmpty && log.failure == nil)
        }
    }

    @Test("closing does not wait long for a server that does not read; who sends is told")
    func closingUnread() async throws {
        try await LocalServer.run { actor, socket, log, server in
            server.stream.pauseReading()
            socket.write(Array(repeating: UInt8(ascii: "x"), count: 3_000_000))
            let sending = Task {
                _ = actor
                return await Self.failure { () throws(CodexError) in try await socket.send(Array("more".utf8)) }
            }
            await Task.yield()
            socket.close()
            #expect(await sending.value?.code == .closed)
            #expect(socket.queuedBytes == 0)
        }
    }

    @Test("a server that ends is lost, with its last words told, and who sends is told as well")
    func lost() async throws {
        try await LocalServer.run { actor, socket, log, server in
            server.stream.pauseReading()
            let sending = Task {
                _ = actor
                return await Self.failure { () throws(CodexError) in
                    try await socket.send(Array(repeating: UInt8(ascii: "x"), count: 3_000_000))
                }
            }
            await Task.yield()
            server.write(Frame(text: "last words"))
            server.stream.close()
            let error = await log.waitForEnd()
            #expect(error.code == .connectionLost)
            #expect(error.operation.hasPrefix("the connection to unix:/tmp/web-socket-"))
            #expect(log.texts == ["last words"])
            #expect(await sending.value?.code == .connectionLost)
            #expect(await Self.failure { () throws(CodexError) in try await socket.send([]) }?.code == .connectionLost)
            socket.write([])
            #expect(socket.queuedBytes == 0)
        }
    }

    @Test("what the server sent before it broke off is told, although a write has failed meanwhile")
    func lastWords() async throws {
        try await LocalServer.run { actor, socket, log, server in
            socket.pauseReading()
            for index in 0..<100 { server.write(Frame(text: "\(index)")) }
            for _ in 0..<20 { await Task.yield() }
            server.stream.close()
            for _ in 0..<20 {
                socket.write(Array("is anybody there".utf8))
                try await actor.loop.sleep(for: .milliseconds(1))
            }
            #expect(socket.queuedBytes > 0)
            #expect(log.failure == nil)
            socket.resumeReading()
            #expect(await log.waitForEnd().code == .connectionLost)
            #expect(log.messages.count == 100)
            #expect(socket.queuedBytes == 0)
        }
    }

    @Test("a close frame of the server is answered and told")
    func closeFrame() async throws {
        try await LocalServer.run { actor, socket, log, server in
            server.write(Frame(text: "last"), Frame(closeCode: 1001, reason: "restarting"), Frame(text: "never"))
            let error = await log.waitForEnd()
            #expect(error.code == .connectionLost)
            #expect(error.reason == "the server closed the connection with code 1001: restarting")
            #expect(log.texts == ["last"])
            await server.wait { $0.hasEnded }
            #expect(server.frames.map(\.opcode) == [8])
        }
    }

    @Test("a server that breaks the rules is told so, and given up", arguments: [
        (Frame(.text, [0xFF]), CodexError.Code.protocolViolation, [0x03, 0xEF]),
        (Frame(.continuation), .protocolViolation, [0x03, 0xEA]),
        (Frame(.binary), .protocolViolation, [0x03, 0xEB]),
        (Frame(text: "more than ten bytes"), .tooLarge, [0x03, 0xF1]),
    ] as [(Frame, CodexError.Code, [UInt8])])
    func violations(_ frame: Frame, _ code: CodexError.Code, _ answer: [UInt8]) async throws {
        var limits = WebSocket.Limits()
        limits.maximumMessage = 10
        try await LocalServer.run(limits: limits) { actor, socket, log, server in
            server.write(Frame(text: "good"), frame, Frame(text: "never"))
            #expect(await log.waitForEnd().code == code)
            #expect(log.texts == ["good"])
            await server.wait { $0.hasEnded }
            #expect(server.frames.map(\.payload) == [answer])
        }
    }

    @Test("a loop that ends takes its sockets with it: who sends is told, and the end is")
    func shutdown() async throws {
        let loop = try EventLoop(name: "test")
        let actor = Sender(loop)
        try await actor.connect()
        let sending = [Task { await actor.send() }, Task { await actor.send() }, Task { await actor.send() }]
        try await eventually("three messages to be queued") { await actor.queuedBytes == 9_000_000 }
        await loop.shutdown()
        for task in sending { #expect(await task.value?.code == .connectionLost) }
        #expect(await actor.failure?.code == .connectionLost)
    }

    private actor Sender {
        nonisolated let loop: EventLoop
        nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
        private let log = SocketLog()
        private var server: LocalServer?
        private var socket: WebSocket?

        init(_ loop: EventLoop) {
            self.loop = loop
        }

        var queuedBytes: Int { socket?.queuedBytes ?? 0 }
        var failure: CodexError? { log.failure }

        func connect() async throws {
            let server = try LocalServer(on: loop)
            self.server = server
            socket = try await WebSocket.connect(to: server.endpoint, on: loop) { [log] in log.take($0) }
            server.connections[0].stream.pauseReading()
        }

        func send() async -> CodexError? {
            await WebSocketTests.failure { () throws(CodexError) in
                try await socket?.send(Array(repeating: UInt8(ascii: "x"), count: 3_000_000))
            }
        }
    }

    @Test("a socket that was closed, or has ended, is released with its closure")
    func release() async throws {
        try await SocketActor.run { loop, actor in
            for closes in [true, false] {
                let server = try LocalServer(on: loop)
                var log: SocketLog? = SocketLog()
                var socket: WebSocket? = try await WebSocket.connect(to: server.endpoint, on: loop) { [log] in log?.take($0) }
                weak let released = socket
                weak let releasedLog = log
                server.connections[0].write(Frame(text: "hello"))
                await log?.wait { $0.texts == ["hello"] }
                if closes {
                    socket?.close()
                } else {
                    server.connections[0].stream.close()
                    _ = await log?.waitForEnd()
                }
                (socket, log) = (nil, nil)
                try await eventually("the socket to be released") { released == nil && releasedLog == nil }
                server.close()
            }
        }
    }

    // MARK: Liveness

    @Test("a silent server is pinged; one that answers is kept")
    func liveness() async throws {
        var limits = WebSocket.Limits()
        limits.silence = .milliseconds(20)
        try await LocalServer.run(limits: limits) { actor, socket, log, server in
            for count in 1...5 {
                await server.wait { $0.frames.filter { $0.opcode == 9 }.count >= count }
                server.write(Frame(.pong), Frame(.pong))
            }
            server.write(Frame(text: "alive"))
            await log.wait { $0.texts == ["alive"] }
            #expect(log.failure == nil)
        }
    }

    @Test("a server that does not answer a ping is lost, but not while reading is paused")
    func deadServer() async throws {
        var limits = WebSocket.Limits()
        limits.silence = .milliseconds(20)
        try await LocalServer.run(limits: limits) { actor, socket, log, server in
            socket.pauseReading()
            server.write(Frame(text: "unread"))
            // Ten times as long as the socket waits, and longer than its last look.
            try await actor.loop.sleep(for: .milliseconds(1500))
            socket.resumeReading()
            await log.wait { $0.texts == ["unread"] || $0.failure != nil }
            #expect(log.failure == nil)
            let error = await log.waitForEnd()
            #expect(error.code == .connectionLost)
            #expect(error.reason.contains("ping"))
            await server.wait { $0.hasEnded }
            // Before reading was paused, there may have been one more.
            #expect(Set(server.frames.map(\.opcode)) == [9])
        }
    }
}
