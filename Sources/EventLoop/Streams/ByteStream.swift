import CLibuv

/// A connected Unix socket, TCP connection, or pipe of a child process.
///
/// Used on the loop's thread only; its callbacks are called there, in order.
public final class ByteStream: HandleOwner {
    /// What arrives. `end` and `failed` come once and last.
    public enum Event: Sendable {
        case bytes([UInt8])
        /// The other side has finished writing.
        case end
        case failed(EventLoopError)
    }

    private enum Reading { case idle, flowing, paused, ended }

    let memory: HandleMemory
    let name: String
    private var handler: ((Event) -> Void)?
    private var reading = Reading.idle

    /// An unconnected stream; `name` is for errors.
    init(_ type: uv_handle_type, named name: String, on loop: EventLoop) throws(EventLoopError) {
        self.name = name
        memory = HandleMemory(.stream, type, on: loop)
        try memory.open(owner: self, "creating a stream for \(name)") {
            type == UV_TCP ? uv_tcp_init(loop.raw, memory.pointer()) : uv_pipe_init(loop.raw, memory.pointer(), 0)
        }
    }

    var stream: UnsafeMutablePointer<uv_stream_t> { memory.pointer() }

    // MARK: Reading

    /// Starts reading. A second call replaces the handler.
    /// - Parameter handler: gets at most 64 KB at a time. Released after `end` or `failed`, and by `close()`.
    public func read(_ handler: @escaping (Event) -> Void) {
        guard memory.isOpen, reading != .ended else { return }
        self.handler = handler
        if reading == .idle {
            reading = .paused
            resumeReading()
        }
    }

    /// No events arrive until `resumeReading()`: the other side is soon held up by its full buffers.
    public func pauseReading() {
        guard memory.isOpen, reading == .flowing else { return }
        reading = .paused
        uv_read_stop(stream)
    }

    public func resumeReading() {
        guard memory.isOpen, reading == .paused else { return }
        reading = .flowing
        let status = uv_read_start(
            stream,
            { handle, _, buffer in
                let bytes = EventLoop.of(handle!.pointee.loop).readBuffer
                buffer!.pointee.base = bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
                buffer!.pointee.len = numericCast(bytes.count)
            },
            { handle, count, buffer in
                HandleMemory.owner(of: handle, as: ByteStream.self).received(count)
            })
        if status != 0 { finishReading(.failed(EventLoopError("reading from \(name)", status: status))) }
    }

    private func received(_ count: Int) {
        if count > 0 {
            handler?(.bytes(Array(memory.loop.readBuffer[..<count])))
        } else if count == Int(UV_EOF.rawValue) {
            finishReading(.end)
        } else if count < 0 {
            finishReading(.failed(EventLoopError("reading from \(name)", status: Int32(count))))
        }
    }

    private func finishReading(_ event: Event) {
        if memory.isOpen { uv_read_stop(stream) }
        reading = .ended
        handler.take()?(event)
    }

    // MARK: Writing

    /// Queues bytes: never blocks, keeps the order, and passes on what the kernel takes at once.
    ///
    /// Who writes without looking at `queuedBytes`, and without `send(_:)`, lets the queue grow as long as
    /// the other side does not read.
    /// - Parameter completion: called later, never from within this call: with nil when the kernel has
    ///   all bytes, else with the reason (`.closed`, `.cancelled` by `close()`, `.refused` for a broken pipe).
    public func write(_ bytes: some Sequence<UInt8>, completion: ((EventLoopError?) -> Void)? = nil) {
        let bytes = bytes as? [UInt8] ?? Array(bytes)
        guard memory.isOpen else {
            if let completion { refuse(completion) }
            return
        }
        var taken = 0
        if completion == nil {
            taken = tryWrite(bytes)
            if taken == bytes.count { return }
        }
        StreamRequest.write(bytes[taken...], to: self, completion)
    }

    /// Returns when the kernel has all bytes: who sends one after the other is held to the speed of the
    /// reader. Not ended by the cancellation of a task, but by `close()`.
    public func send(_ bytes: [UInt8]) async throws(EventLoopError) {
        try memory.requireOpen("writing to \(name)")
        let taken = tryWrite(bytes)
        if taken == bytes.count { return }
        let failure = await withCheckedContinuation { continuation in
            StreamRequest.write(bytes[taken...], to: self) { continuation.resume(returning: $0) }
        }
        if let failure { throw failure }
    }

    /// How many bytes wait to be taken by the kernel.
    public var queuedBytes: Int {
        memory.isOpen ? uv_stream_get_write_queue_size(stream) : 0
    }

    /// Tells the other side, after what is queued, that no more comes. Reading goes on.
    public func finishWriting() {
        if memory.isOpen { StreamRequest.shutdown(self) }
    }

    /// Without copying; nothing while older bytes are queued.
    private func tryWrite(_ bytes: [UInt8]) -> Int {
        let count = bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return Int32(0) }
            var buffer = uv_buf_t()
            buffer.base = UnsafeMutablePointer(mutating: UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self))
            buffer.len = numericCast(min(bytes.count, Int(Int32.max)))
            return uv_try_write(stream, &buffer, 1)
        }
        // A failure comes again, to be reported, when the rest is queued.
        return max(0, Int(count))
    }

    private func refuse(_ completion: @escaping (EventLoopError?) -> Void) {
        let error = EventLoopError(.closed, "writing to \(name)")
        memory.loop.later { completion(error) }
    }

    // MARK: The other side

    /// The user of the process that connected, or listened. Unix sockets only.
    public func peerUserID() throws(EventLoopError) -> UInt32 {
        try peer().user
    }

    /// The process that connected, or listened, if the system tells. It may have passed the socket on.
    public func peerProcessID() -> Int32? {
        guard let process = try? peer().process, process > 0 else { return nil }
        return process
    }

    private func peer() throws(EventLoopError) -> (user: UInt32, process: Int32) {
        let operation = "asking who is connected by \(name)"
        try memory.requireOpen(operation)
        var descriptor: uv_os_fd_t = -1
        var (user, process): (UInt32, Int32) = (0, 0)
        var status = uv_fileno(memory.handle, &descriptor)
        if status == 0 { status = clibuv_peer_credentials(descriptor, &user, &process) }
        guard status == 0 else { throw EventLoopError(operation, status: status) }
        return (user, process)
    }

    // MARK: End

    /// What is queued and not yet written is lost; its completions get `.cancelled`. No events follow.
    public func close() {
        handler = nil
        reading = .ended
        memory.close()
    }
}

@available(*, unavailable)
extension ByteStream: Sendable {}
