import EventLoop
import Foundation
import TestSupport
import Testing

@testable import CodexAppServer

/// A server in the test's own process, that does what it is told, right or wrong.
final class LocalServer {
    /// How the request is answered: given the request, returns the bytes to send; nil for none.
    typealias Answer = (_ request: String) -> [UInt8]?

    /// One that was accepted.
    final class Connection {
        let stream: ByteStream
        fileprivate(set) var request: String?
        private(set) var frames: [Frame] = []
        private(set) var hasEnded = false
        private var unread: ArraySlice<UInt8> = []
        private var waiting: (condition: (Connection) -> Bool, continuation: CheckedContinuation<Void, Never>)?

        fileprivate init(_ stream: ByteStream, _ answer: @escaping Answer) {
            self.stream = stream
            stream.read { event in
                switch event {
                case .bytes(let bytes): self.take(bytes, answer)
                case .end, .failed: self.hasEnded = true
                }
                self.tell()
            }
        }

        private func take(_ bytes: [UInt8], _ answer: Answer) {
            unread += bytes
            if request == nil, let end = unread.firstRange(of: Array("\r\n\r\n".utf8)) {
                let text = String(decoding: unread[..<end.upperBound], as: UTF8.self)
                request = text
                unread = unread[end.upperBound...]
                if let bytes = answer(text) { stream.write(bytes) }
            }
            while request != nil, let frame = Frame.take(from: &unread) { frames.append(frame) }
        }

        private func tell() {
            guard let (condition, continuation) = waiting, condition(self) else { return }
            waiting = nil
            continuation.resume()
        }

        func wait(until condition: @escaping (Connection) -> Bool) async {
            if condition(self) { return }
            await withCheckedContinuation { waiting = (condition, $0) }
        }

        var texts: [String] { frames.filter { $0.opcode == 1 }.map(\.text) }

        func write(_ frames: Frame...) {
            stream.write(frames.flatMap(\.bytes))
        }
    }

    private let listener: StreamListener
    private let directory: String
    private(set) var connections: [Connection] = []
    let path: String

    init(on loop: EventLoop, answer: @escaping Answer = LocalServer.accept) throws {
        directory = "/tmp/web-socket-\(UInt32.random(in: .min ... .max))"
        path = directory + "/socket"
        try System.makeDirectory(directory)
        let accepted = Accepted()
        listener = try StreamListener(on: loop, unixPath: path) { accepted.take?(Connection($0, answer)) }
        accepted.take = { [unowned self] in connections.append($0) }
    }

    private final class Accepted {
        var take: ((Connection) -> Void)?
    }

    var endpoint: WebSocket.Endpoint { .unix(path: path) }

    func close() {
        for connection in connections { connection.stream.close() }
        listener.close()
    }

    deinit { try? System.removeTree(directory) }

    /// The right answer to a request.
    static func accept(_ request: String) -> [UInt8]? {
        let key = request.split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }!.dropFirst(19)
        let accept = SHA1.digest(of: Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        return HandshakeTests.bytes(
            ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(Data(accept).base64EncodedString())"])
    }

    /// Runs a test's body with a server and one connection to it.
    static func run<T: Sendable>(
        limits: WebSocket.Limits = WebSocket.Limits(),
        _ body: @Sendable (isolated SocketActor, WebSocket, SocketLog, Connection) async throws -> T
    ) async throws -> T {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop)
            defer { server.close() }
            let log = SocketLog()
            let socket = try await WebSocket.connect(to: server.endpoint, limits: limits, on: loop) { log.take($0) }
            defer { socket.close() }
            return try await body(actor, socket, log, server.connections[0])
        }
    }
}
