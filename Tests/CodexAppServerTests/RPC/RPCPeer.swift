import EventLoop
import JSON
import Synchronization

@testable import CodexAppServer

/// A connection under test with the server at its other end, which does what the test says.
final class RPCPeer {
    /// What the connection has told, in its order.
    enum Told: Hashable, Sendable {
        case answer(String, JSON)
        case failure(String, CodexError.Code)
        case notification(String, JSON)
        case request(id: JSON, String)
        case closed(CodexError.Code)
    }

    private final class Log: Sendable {
        private let state = Mutex<(told: [Told], waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?)>(([], nil))

        var told: [Told] { state.withLock { $0.told } }

        func add(_ told: Told) {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.told.append(told)
                guard let waiting = state.waiting, state.told.count >= waiting.count else { return nil }
                state.waiting = nil
                return waiting.continuation
            }
            waiter?.resume()
        }

        func wait(for count: Int) async {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.told.count < count { state.waiting = (count, continuation) }
                    return state.told.count >= count
                }
                if isThere { continuation.resume() }
            }
        }
    }

    let connection: RPCConnection
    let server: LocalServer
    private let log: Log

    private init(_ connection: RPCConnection, _ server: LocalServer, _ log: Log) {
        (self.connection, self.server, self.log) = (connection, server, log)
    }

    static func run(_ body: @Sendable (isolated SocketActor, RPCPeer) async throws -> Void) async throws {
        try await SocketActor.run { loop, actor in
            let server = try LocalServer(on: loop)
            defer { server.close() }
            let log = Log()
            let connection = RPCConnection(loop: loop, to: server.endpoint) { event in
                let told: Told = switch event {
                case .notification(let method, let parameters): .notification(method, parameters)
                case .request(let id, let method, _): .request(id: id, method)
                case .closed(let error): .closed(error.code)
                }
                log.add(told)
            }
            _ = try await connection.open(server.endpoint)
            do {
                try await body(actor, RPCPeer(connection, server, log))
            } catch {
                await connection.close()
                throw error
            }
            await connection.close()
        }
    }

    // MARK: The client

    /// Sends a request, and logs what becomes of it under its method.
    func call(_ method: String, _ parameters: JSON = [:], within time: Duration = .seconds(60)) {
        connection.submit(method, parameters, within: time) { [log] result in
            switch result {
            case .success(let answer): log.add(.answer(method, answer))
            case .failure(let error): log.add(.failure(error.operation, error.code))
            }
        }
    }

    var told: [Told] { log.told }

    /// All that has been told, once that is so much.
    func told(_ count: Int) async -> [Told] {
        await log.wait(for: count)
        return log.told
    }

    // MARK: The server

    /// What the client has sent, once that is so much.
    func received(_ count: Int) async throws -> [JSON] {
        let connection = server.connections[0]
        await connection.wait { $0.texts.count >= count || $0.hasEnded }
        return try connection.texts.map { try JSON(parsing: $0) }
    }

    /// Sends all in one piece.
    func send(_ messages: JSON...) {
        send(texts: messages.map(\.compact))
    }

    func send(texts: [String]) {
        server.connections[0].stream.write(texts.flatMap { Frame(text: $0).bytes })
    }

    func hangUp() {
        server.connections[0].stream.close()
    }

    static func overloaded(_ id: JSON?) -> JSON {
        ["id": id ?? nil, "error": ["code": -32001, "message": "Server overloaded; retry later."]]
    }
}
