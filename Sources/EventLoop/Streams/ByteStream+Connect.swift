import CLibuv

extension ByteStream {
    /// Connects to a Unix socket.
    /// - Throws: `EventLoopError` with `.notFound`, `.refused` (nobody listens), `.tooLong` (see
    ///   `System.socketPathLimit`); `CancellationError` when the task is cancelled.
    public static func connect(
        on loop: EventLoop, unixPath path: String, isolation: isolated (any Actor)? = #isolation
    ) async throws -> ByteStream {
        try System.checkSocketPath(path)
        let stream = try ByteStream(UV_NAMED_PIPE, named: path, on: loop)
        try await stream.connect { request, callback in
            uv_pipe_connect(request, stream.memory.pointer(), path, callback)
            return 0
        }
        return stream
    }

    /// Connects by TCP, without delay of small writes.
    /// - Parameter host: a numeric address of version 4 or 6; names are not looked up.
    public static func connect(
        on loop: EventLoop, host: String, port: Int, isolation: isolated (any Actor)? = #isolation
    ) async throws -> ByteStream {
        var address = try SocketAddress(host: host, port: port)
        let stream = try ByteStream(UV_TCP, named: "\(host):\(port)", on: loop)
        try await stream.connect { request, callback in
            uv_tcp_nodelay(stream.memory.pointer(), 1)
            return address.withPointer { uv_tcp_connect(request, stream.memory.pointer(), $0, callback) }
        }
        return stream
    }

    private func connect(
        isolation: isolated (any Actor)? = #isolation,
        _ start: (UnsafeMutablePointer<uv_connect_t>, uv_connect_cb) -> Int32
    ) async throws {
        let waiter = Waiter<Void>()
        StreamRequest.connect(self, start) { error in
            waiter.finish(error.map { .failure($0) } ?? .success(()))
        }
        do {
            try await waiter.value { waiter.finish(.failure(CancellationError())) }
        } catch {
            close()
            throw error
        }
    }
}
