import EventLoop
import JSON
import Logging
import Sessions

/// Takes commands' connections on the supervisor's socket and hands their calls to a ``CallHandler``.
///
/// The socket is for its owner alone: 0600 in a 0700 folder, and the peer's user is compared.
public actor ControlServer {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let handler: CallHandler
    private let programVersion: String
    private let logger: Logger
    private var listener: StreamListener?
    private var connections: [Int: ControlConnection] = [:]
    private var lastConnection = 0

    public init(loop: EventLoop, handler: CallHandler, programVersion: String, logger: Logger) {
        self.loop = loop
        self.handler = handler
        self.programVersion = programVersion
        self.logger = logger
    }

    /// - Throws: ``EventLoopError`` when the socket cannot be bound, for example because another supervisor answers there.
    public func listen(at path: String) throws {
        listener = try StreamListener(on: loop, unixPath: path) { self.accept($0) }
    }

    /// Ends every connection; calls that wait are cancelled.
    public func close() {
        listener?.close()
        listener = nil
        for connection in connections.values {
            connection.write(.notification(method: StoppingNotification.method, parameters: [:]))
            connection.close()
        }
        connections.removeAll()
    }

    private func accept(_ stream: ByteStream) {
        guard (try? stream.peerUserID()) == System.userID else {
            logger.warning("refused a connection of another user")
            return stream.close()
        }
        lastConnection += 1
        let id = lastConnection
        connections[id] = ControlConnection(stream: stream)
        stream.read { self.received($0, on: id) }
    }

    private func received(_ event: ByteStream.Event, on id: Int) {
        guard let connection = connections[id] else { return }
        switch event {
        case .bytes(let bytes):
            for line in connection.lines(in: bytes) { take(line, from: connection, id) }
            if connection.isHopeless { drop(id) }
        case .end, .failed:
            drop(id)
        }
    }

    private func drop(_ id: Int) {
        connections.removeValue(forKey: id)?.close()
    }

    private func take(_ line: ArraySlice<UInt8>, from connection: ControlConnection, _ connectionID: Int) {
        let envelope: Envelope
        do {
            envelope = try Envelope(line: line)
        } catch {
            return connection.write(.failure(id: nil, error))
        }
        guard case .request(let id, let method, let parameters) = envelope else { return }
        if method == Hello.method { return greet(id, parameters, connection) }
        // Every version takes the call that makes room for another one.
        guard connection.isGreeted || method == SupervisorStopCall.method else {
            return connection.write(.failure(id: id, ControlError(.invalidRequest, "the first call must be `hello`")))
        }
        let caller = Caller(server: self, connection: connectionID, processID: connection.peerProcessID)
        connection.calls[id] = Task { await answer(id, method, parameters, caller) }
    }

    private func answer(_ id: Int64, _ method: String, _ parameters: JSON, _ caller: Caller) async {
        let response: Envelope
        do throws(ControlError) {
            response = .result(id: id, try await handler.answer(method, parameters, caller))
        } catch {
            response = .failure(id: id, error)
        }
        connections[caller.connection]?.calls[id] = nil
        connections[caller.connection]?.write(response)
    }

    /// - Returns: false when the connection is gone.
    func notify(_ connection: Int, _ method: String, _ parameters: JSON) -> Bool {
        guard let target = connections[connection] else { return false }
        target.write(.notification(method: method, parameters: parameters))
        if target.isHopeless { drop(connection) }
        return connections[connection] != nil
    }

    private func greet(_ id: Int64, _ parameters: JSON, _ connection: ControlConnection) {
        guard let hello = try? parameters.decode(Hello.self) else {
            return connection.write(.failure(id: id, ControlError(.invalidParameters, "hello names no version")))
        }
        guard hello.protocolVersion == ControlProtocol.version else {
            return connection.write(.failure(id: id, ControlError(.incompatible, """
                The running supervisor is version \(programVersion), this command is \(hello.programVersion). \
                Run "dev-sessions supervisor restart"; no session is lost.
                """)))
        }
        connection.isGreeted = true
        let result = Hello.Result(
            protocolVersion: ControlProtocol.version, programVersion: programVersion, processID: System.processID)
        connection.write(.result(id: id, (try? JSON.encode(result)) ?? .null))
    }
}
