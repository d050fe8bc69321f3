import EventLoop

extension WebSocket {
    /// Connects and upgrades to WebSocket. Called from an actor on the loop.
    /// - Parameters:
    ///   - bearerToken: what `codex app-server --ws-auth capability-token` asks for; visible ASCII.
    ///   - deadline: for connection and handshake together.
    ///   - events: called on the loop, for the first time after this call has returned.
    /// - Throws: `.refused` when nobody listens; `.unauthorized` for HTTP's 401 and 403, with the server's
    ///   words; `.protocolViolation` when the answer is no upgrade to WebSocket; `.connectionLost` when the
    ///   connection ends meanwhile; `.timedOut`; `.closed` when the task is cancelled.
    public static func connect(
        to endpoint: Endpoint, bearerToken: String? = nil, limits: Limits = Limits(), deadline: Duration = .seconds(10),
        on loop: EventLoop, isolation: isolated (any Actor)? = #isolation, events: @escaping (Event) -> Void
    ) async throws(CodexError) -> WebSocket {
        let operation = "connecting to \(endpoint)"
        let handshake = WebSocketHandshake(operation: operation)
        let request = try handshake.request(authority: endpoint.authority, bearerToken: bearerToken)
        // A task of its own, so that the deadline has something to cancel.
        let attempt = Task {
            _ = isolation
            return try await Upgraded(opening: endpoint, handshake, request, on: loop)
        }
        var isLate = false
        let timer = LoopTimer(on: loop)
        timer.schedule(after: deadline) {
            isLate = true
            attempt.cancel()
        }
        let result = await withTaskCancellationHandler {
            await attempt.result
        } onCancel: {
            attempt.cancel()
        }
        timer.close()
        switch result {
        case .success(let upgraded):
            return WebSocket(
                upgraded.stream, rest: upgraded.rest, named: "the connection to \(endpoint)", limits: limits, on: loop,
                events: events)
        case .failure(let error as CodexError):
            throw error
        case .failure(let error as EventLoopError):
            throw CodexError(error, operation)
        case .failure:
            throw isLate
                ? CodexError(.timedOut, while: operation, reason: "no answer within \(deadline)")
                : CodexError(.closed, while: operation, reason: "it was cancelled")
        }
    }
}

/// A connection after its handshake. Goes from one task to another on the loop's thread.
private struct Upgraded: @unchecked Sendable {
    let stream: ByteStream
    /// What came after the handshake.
    let rest: [UInt8]

    init(
        opening endpoint: WebSocket.Endpoint, _ handshake: WebSocketHandshake, _ request: [UInt8], on loop: EventLoop,
        isolation: isolated (any Actor)? = #isolation
    ) async throws {
        switch endpoint {
        case .unix(let path):
            // A link may be longer than a socket's path may be, and its target short.
            stream = try await .connect(on: loop, unixPath: System.realPath(path) ?? path)
        case .tcp(let host, let port):
            stream = try await .connect(on: loop, host: host, port: port)
        }
        do {
            rest = try await Self.upgrade(stream, handshake, request)
        } catch {
            stream.close()
            throw error
        }
    }

    private static func upgrade(
        _ stream: ByteStream, _ handshake: WebSocketHandshake, _ request: [UInt8],
        isolation: isolated (any Actor)? = #isolation
    ) async throws -> [UInt8] {
        var handshake = handshake
        let (outcomes, outcome) = AsyncStream<Result<[UInt8], CodexError>>.makeStream()
        stream.read { event in
            let progress =
                switch event {
                case .bytes(let bytes): handshake.receive(bytes)
                case .end: handshake.end("the server ended the connection")
                case .failed(let error): handshake.end("\(error)")
                }
            switch progress {
            case .incomplete: return
            case .open(let rest): outcome.yield(.success(rest))
            case .failed(let error): outcome.yield(.failure(error))
            }
            stream.pauseReading()
        }
        stream.write(request)
        for await outcome in outcomes { return try outcome.get() }
        throw handshake.refusal ?? CancellationError()
    }
}

extension CodexError {
    fileprivate init(_ error: EventLoopError, _ operation: String) {
        let code: Code =
            switch error.code {
            case .closed, .cancelled: .closed
            case .timedOut: .timedOut
            default: .refused
            }
        self.init(code, while: operation, reason: error.cause?.message ?? "\(error)")
    }
}
