import EventLoop
import Testing

@Suite("Streams", .timeLimit(.minutes(1)))
struct StreamTests {
    @Test("bytes go both ways over a Unix socket, to the end of each side")
    func unixSocket() async throws {
        let directory = try TemporaryDirectory()
        try await withLoop { loop, actor in
            let accepted = Log<ByteStream>()
            let listener = try StreamListener(on: loop, unixPath: directory("s")) { accepted.append($0) }
            let client = try await ByteStream.connect(on: loop, unixPath: directory("s"))
            await accepted.wait { $0.count == 1 }
            let server = accepted.elements[0]
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
            client.close()
            listener.close()
            #expect(FileIdentity.of(path: directory("s")) == nil)
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
