@testable import EventLoop
import Testing

@Suite("Streams", .timeLimit(.minutes(2)))
struct StreamTests {
    @Test("bytes go both ways over a Unix socket, to the end of each side")
    func unixSocket() async throws {
        try await withPair { loop, actor, client, server in
            #expect(try server.peerUserID() == System.userID)
            #expect(server.peerProcessID() == System.processID)
            let (asked, answered) = (Received(), Received())
            server.read(asked.receive)
            client.read(answered.receive)
            client.write(Array("question".utf8))
            client.finishWriting()
            await asked.waitForEnd()
            #expect(asked.bytes == Array("question".utf8))
            try await server.send(Array("answer".utf8))
            server.close()
            await answered.waitForEnd()
            #expect(answered.bytes == Array("answer".utf8))
        }
    }

    @Test("bytes go over TCP, to a port of the system's choice")
    func tcp() async throws {
        try await withLoop { loop, actor in
            let accepted = Log<ByteStream>()
            let listener = try StreamListener(on: loop, host: "127.0.0.1", port: 0) { accepted.append($0) }
            let client = try await ByteStream.connect(on: loop, host: "127.0.0.1", port: try #require(listener.port))
            await accepted.wait { $0.count == 1 }
            let received = Received()
            accepted.elements[0].read(received.receive)
            client.write(Array("over TCP".utf8))
            client.finishWriting()
            await received.waitForEnd()
            #expect(received.bytes == Array("over TCP".utf8))
            for stream in accepted.elements + [client] { stream.close() }
            listener.close()
        }
    }

    @Test("addresses of version 6 of the protocol are read, and names are not")
    func addresses() throws {
        #expect(try SocketAddress(host: "::1", port: 80).port == 80)
        #expect(throws: EventLoopError.self) { try SocketAddress(host: "localhost", port: 80) }
        #expect(throws: EventLoopError.self) { try SocketAddress(host: "127.0.0.1", port: 70_000) }
    }

    @Test("20,000 events arrive in the order in which they were written")
    func order() async throws {
        try await withPair { loop, actor, client, server in
            let received = Received()
            server.read(received.receive)
            for number in 0..<20_000 {
                client.write(Array("\(number)\n".utf8))
                if number.isMultiple(of: 50) { await Task.yield() }
            }
            client.finishWriting()
            await received.waitForEnd()
            let numbers = received.bytes.split(separator: UInt8(ascii: "\n")).map { Int(String(decoding: $0, as: UTF8.self)) }
            #expect(numbers == Array(0..<20_000))
        }
    }

    @Test("a slow reader holds up who sends; 64 MB arrive in order with little queued")
    func backPressure() async throws {
        try await withPair { loop, actor, client, server in
            let (size, chunk) = (64 << 20, 256 << 10)
            let reader = SlowReader(server, actor)
            var mostQueued = 0
            for start in stride(from: 0, to: size, by: chunk) {
                try await client.send((start..<start + chunk).map(SlowReader.byte))
                mostQueued = max(mostQueued, client.queuedBytes)
            }
            client.finishWriting()
            await reader.ends.wait { !$0.isEmpty }
            #expect(reader.position == size)
            #expect(reader.isInOrder)
            #expect(reader.pauses == 8)
            #expect(mostQueued <= chunk)
        }
    }

    @Test("what nobody reads is queued and counted; closing gives it back")
    func queue() async throws {
        try await withPair { loop, actor, client, server in
            let log = Log<EventLoopError.Code?>()
            client.write([UInt8](repeating: 1, count: 4 << 20)) { log.append($0?.code) }
            client.write([2]) { log.append($0?.code) }
            #expect(client.queuedBytes > 1 << 20)
            client.close()
            #expect(client.queuedBytes == 0)
            await log.wait { $0.count == 2 }
            #expect(log.elements == [.cancelled, .cancelled])
        }
    }

    @Test("a completion comes after its bytes, and never from within the write")
    func completion() async throws {
        try await withPair { loop, actor, client, server in
            let log = Log<String>()
            client.write(Array("a".utf8)) { log.append($0 == nil ? "written" : "failed") }
            log.append("returned")
            await log.wait { $0.count == 2 }
            #expect(log.elements == ["returned", "written"])
        }
    }

    @Test("use after closing is refused, and closing twice does nothing")
    func afterClose() async throws {
        try await withPair { loop, actor, client, server in
            client.close()
            client.close()
            let log = Log<EventLoopError.Code?>()
            client.write([1]) { log.append($0?.code) }
            await log.wait { !$0.isEmpty }
            #expect(log.elements == [.closed])
            #expect(await failure { try await client.send([1]) } == .closed)
            #expect(throws: EventLoopError.self) { try client.peerUserID() }
            client.read { _ in Issue.record("an event after the end") }
            client.pauseReading()
            client.resumeReading()
            client.finishWriting()
        }
    }

    @Test("writing to somebody who has gone fails instead of ending the process")
    func brokenPipe() async throws {
        System.ignoreBrokenPipes()
        try await withPair { loop, actor, client, server in
            server.close()
            #expect(await failure { while true { try await client.send([1]) } } == .refused)
        }
    }

    @Test("a handler can be replaced, and a paused stream gives nothing")
    func handler() async throws {
        try await withPair { loop, actor, client, server in
            let (first, second) = (Log<Int>(), Log<Int>())
            server.read { event in if case .bytes(let bytes) = event { first.append(bytes.count) } }
            client.write([1])
            await first.wait { $0 == [1] }
            server.pauseReading()
            server.read { event in if case .bytes(let bytes) = event { second.append(bytes.count) } }
            client.write([1, 2])
            try await loop.sleep(for: .milliseconds(10))
            #expect(second.elements.isEmpty)
            server.resumeReading()
            await second.wait { $0 == [2] }
            #expect(first.elements == [1])
        }
    }

    @Test("connecting where nobody is says so, and ends when the task is cancelled")
    func connectFailures() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let path = directory("nothing")
            #expect(await failure { try await ByteStream.connect(on: loop, unixPath: path).close() } == .notFound)
            let tooLong = directory(String(repeating: "x", count: System.socketPathLimit))
            #expect(await failure { try await ByteStream.connect(on: loop, unixPath: tooLong).close() } == .tooLong)
            let listener = try StreamListener(on: loop, host: "127.0.0.1", port: 0) { $0.close() }
            let port = try #require(listener.port)
            listener.close()
            try await loop.sleep(for: .milliseconds(1))
            #expect(await failure { try await ByteStream.connect(on: loop, host: "127.0.0.1", port: port).close() } == .refused)
            let task = Task {
                _ = actor
                // Addresses for documentation: nobody answers there, if there is a way there at all.
                try await ByteStream.connect(on: loop, host: "192.0.2.1", port: 9).close()
            }
            await Task.yield()
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
        }
    }

    @Test("a socket is its user's only; one that is left is replaced, one in use and other files are not")
    func leftSocket() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let path = directory("s")
            let left = try System.bindUnixSocket(path)
            System.close(left)
            #expect(FileIdentity.isSocket(path))
            let listener = try StreamListener(on: loop, unixPath: path) { $0.close() }
            let permissions = try await ChildProcess.output(
                on: loop, .shell("stat -c %a \(path) || stat -f %Lp \(path)"), timeout: .seconds(30))
            #expect(permissions.stdout == Array("600\n".utf8))
            #expect { try StreamListener(on: loop, unixPath: path) { _ in } } throws: {
                ($0 as? EventLoopError)?.code == .inUse
            }
            // Who has taken the path over keeps it when the older listener closes.
            try System.removeFile(path)
            let successor = try StreamListener(on: loop, unixPath: path) { $0.close() }
            listener.close()
            try await ByteStream.connect(on: loop, unixPath: path).close()
            successor.close()
            #expect(FileIdentity.of(path: path) == nil)
            try System.append(path, [1])
            #expect { try StreamListener(on: loop, unixPath: path) { _ in } } throws: {
                ($0 as? EventLoopError)?.code == .inUse
            }
            #expect(FileIdentity.of(path: path)?.size == 1)
        }
    }

    @Test("two hundred connections at once are all accepted")
    func many() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let accepted = Log<ByteStream>()
            let listener = try StreamListener(on: loop, unixPath: directory("s")) { accepted.append($0) }
            var clients: [ByteStream] = []
            for _ in 0..<200 { clients.append(try await .connect(on: loop, unixPath: directory("s"))) }
            await accepted.wait { $0.count == 200 }
            for stream in clients + accepted.elements { stream.close() }
            listener.close()
        }
    }
}

/// Two connected streams on a loop of their own, closed at the end.
private func withPair(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: @Sendable (EventLoop, isolated LoopActor, ByteStream, ByteStream) async throws -> Void
) async throws {
    let directory = try TemporaryDirectory()
    try await withLoop(sourceLocation: sourceLocation) { loop, actor in
        let accepted = Log<ByteStream>()
        let listener = try StreamListener(on: loop, unixPath: directory("s")) { accepted.append($0) }
        let client = try await ByteStream.connect(on: loop, unixPath: directory("s"))
        await accepted.wait { $0.count == 1 }
        let server = accepted.elements[0]
        listener.close()
        defer {
            client.close()
            server.close()
        }
        try await body(loop, actor, client, server)
    }
}

/// Reads a known sequence, and every 8 MB has something else to do.
private final class SlowReader {
    private(set) var position = 0
    private(set) var isInOrder = true
    private(set) var pauses = 0
    let ends = Log<Void>()
    private let stream: ByteStream
    private let timer: LoopTimer

    init(_ stream: ByteStream, _ actor: isolated LoopActor) {
        self.stream = stream
        timer = LoopTimer(on: actor.loop)
        stream.read { event in self.receive(event) }
    }

    static func byte(at position: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: position % 251)
    }

    private func receive(_ event: ByteStream.Event) {
        guard case .bytes(let bytes) = event else {
            timer.close()
            return ends.append(())
        }
        for index in stride(from: 0, to: bytes.count, by: 97) where bytes[index] != Self.byte(at: position + index) {
            isInOrder = false
        }
        let before = position
        position += bytes.count
        guard before >> 23 != position >> 23 else { return }
        pauses += 1
        stream.pauseReading()
        timer.schedule(after: .milliseconds(5)) { self.stream.resumeReading() }
    }
}

/// What a stream received.
final class Received {
    private(set) var bytes: [UInt8] = []
    private let ends = Log<EventLoopError?>()

    var failure: EventLoopError? { ends.elements.first ?? nil }

    func receive(_ event: ByteStream.Event) {
        switch event {
        case .bytes(let more): bytes += more
        case .end: ends.append(nil)
        case .failed(let error): ends.append(error)
        }
    }

    func waitForEnd() async {
        await ends.wait { !$0.isEmpty }
    }
}
