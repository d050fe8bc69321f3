import CLibuv

/// Accepts connections to a Unix socket or a TCP port.
public final class StreamListener: HandleOwner {
    private let memory: HandleMemory
    private let name: String
    private let type: uv_handle_type
    private var accept: ((ByteStream) -> Void)?
    private var file: (path: String, identity: FileIdentity)?
    /// The TCP port, also when it was the system's choice.
    public private(set) var port: Int?

    /// Listens on a Unix socket that only its own user can connect to (0600).
    ///
    /// A socket file that somebody left behind is replaced; one that somebody answers on is not, nor any
    /// other kind of file. Two processes that start at the same moment could each take the other's fresh
    /// socket for a left one: who expects that holds a `FileLock`.
    /// - Parameter accept: gets each connection, open and not yet read from.
    /// - Throws: `.inUse` when somebody answers or another kind of file is there, `.tooLong`, `.notFound`.
    public init(
        on loop: EventLoop, unixPath path: String, backlog: Int = 128, accept: @escaping (ByteStream) -> Void
    ) throws(EventLoopError) {
        (name, type, self.accept) = (path, UV_NAMED_PIPE, accept)
        memory = HandleMemory(.listener, UV_NAMED_PIPE, on: loop)
        // Bound by us and not by libuv, which would remove the file by its name when it closes, also
        // when it is a successor's by then.
        let descriptor = try System.bindUnixSocket(path)
        do {
            try memory.open(owner: self, "listening on \(path)") { uv_pipe_init(loop.raw, memory.pointer(), 0) }
        } catch {
            System.close(descriptor)
            try? System.removeFile(path)
            throw error
        }
        file = FileIdentity.of(path: path).map { (path, $0) }
        let status = uv_pipe_open(memory.pointer(), descriptor)
        if status != 0 { System.close(descriptor) }
        try listen(status, backlog)
    }

    /// Listens on a TCP port.
    /// - Parameters:
    ///   - host: a numeric address, such as `127.0.0.1`.
    ///   - port: 0 for any that is free; see `port`.
    public init(
        on loop: EventLoop, host: String, port: Int, backlog: Int = 128, accept: @escaping (ByteStream) -> Void
    ) throws(EventLoopError) {
        (name, type, self.accept) = ("\(host):\(port)", UV_TCP, accept)
        memory = HandleMemory(.listener, UV_TCP, on: loop)
        var address = try SocketAddress(host: host, port: port)
        try memory.open(owner: self, "listening on \(host):\(port)") { uv_tcp_init(loop.raw, memory.pointer()) }
        try listen(address.withPointer { uv_tcp_bind(memory.pointer(), $0, 0) }, backlog)
        do throws(EventLoopError) {
            self.port = try SocketAddress(of: memory.pointer()).port
        } catch {
            close()
            throw error
        }
    }

    private func listen(_ bindStatus: Int32, _ backlog: Int) throws(EventLoopError) {
        var status = bindStatus
        if status == 0 {
            status = uv_listen(memory.pointer(), Int32(clamping: backlog)) { handle, status in
                if status == 0 { HandleMemory.owner(of: handle, as: StreamListener.self).acceptOne() }
            }
        }
        guard status != 0 else { return }
        close()
        throw EventLoopError("listening on \(name)", status: status)
    }

    private func acceptOne() {
        guard let stream = try? ByteStream(type, named: "a connection to \(name)", on: memory.loop) else { return }
        guard let accept, uv_accept(memory.pointer(), stream.stream) == 0 else { return stream.close() }
        if type == UV_TCP { uv_tcp_nodelay(stream.memory.pointer(), 1) }
        accept(stream)
    }

    /// Accepts no more, and removes the socket's file if it is still this listener's. Connections that were
    /// accepted stay.
    public func close() {
        accept = nil
        if let file, FileIdentity.of(path: file.path).map(file.identity.isSameFile) == true {
            try? System.removeFile(file.path)
        }
        file = nil
        memory.close()
    }
}

@available(*, unavailable)
extension StreamListener: Sendable {}
