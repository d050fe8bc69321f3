import CLibuv

/// One write, shutdown or connect under way on a stream: its memory, retained by libuv's `data` until its
/// callback, which always comes, and its bytes.
final class StreamRequest {
    private let memory: UnsafeMutableRawPointer
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let operation: String
    private let completion: ((EventLoopError?) -> Void)?

    private init(
        _ type: uv_req_type, _ operation: String, bytes: ArraySlice<UInt8> = [],
        _ completion: ((EventLoopError?) -> Void)?
    ) {
        memory = .allocate(byteCount: uv_req_size(type), alignment: 16)
        self.bytes = .allocate(capacity: bytes.count)
        _ = self.bytes.initialize(fromContentsOf: bytes)
        self.operation = operation
        self.completion = completion
    }

    deinit {
        memory.deallocate()
        bytes.deallocate()
    }

    static func write(_ bytes: ArraySlice<UInt8>, to stream: ByteStream, _ completion: ((EventLoopError?) -> Void)?) {
        let request = StreamRequest(UV_WRITE, "writing to \(stream.name)", bytes: bytes, completion)
        var buffer = uv_buf_t()
        buffer.base = UnsafeMutableRawPointer(request.bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
        buffer.len = numericCast(request.bytes.count)
        request.start(on: stream.memory.loop) { (pointer: UnsafeMutablePointer<uv_write_t>) in
            uv_write(pointer, stream.stream, &buffer, 1) { request, status in StreamRequest.end(request, status) }
        }
    }

    static func shutdown(_ stream: ByteStream) {
        let request = StreamRequest(UV_SHUTDOWN, "ending what is written to \(stream.name)", nil)
        request.start(on: stream.memory.loop) { (pointer: UnsafeMutablePointer<uv_shutdown_t>) in
            uv_shutdown(pointer, stream.stream) { request, status in StreamRequest.end(request, status) }
        }
    }

    /// - Parameter start: calls libuv's function for the kind of address, with the callback given.
    static func connect(
        _ stream: ByteStream, _ start: (UnsafeMutablePointer<uv_connect_t>, uv_connect_cb) -> Int32,
        _ completion: @escaping (EventLoopError?) -> Void
    ) {
        let request = StreamRequest(UV_CONNECT, "connecting to \(stream.name)", completion)
        request.start(on: stream.memory.loop) { (pointer: UnsafeMutablePointer<uv_connect_t>) in
            start(pointer) { request, status in StreamRequest.end(request, status) }
        }
    }

    private func start<Request>(on loop: EventLoop, _ body: (UnsafeMutablePointer<Request>) -> Int32) {
        let pointer = memory.assumingMemoryBound(to: Request.self)
        let retained = Unmanaged.passRetained(self)
        memory.assumingMemoryBound(to: uv_req_t.self).pointee.data = retained.toOpaque()
        let status = body(pointer)
        guard status != 0 else { return }
        retained.release()
        loop.later { self.complete(status) }
    }

    private static func end<Request>(_ request: UnsafeMutablePointer<Request>!, _ status: Int32) {
        let data = UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self).pointee.data
        Unmanaged<StreamRequest>.fromOpaque(data!).takeRetainedValue().complete(status)
    }

    private func complete(_ status: Int32) {
        completion?(status == 0 ? nil : EventLoopError(operation, status: status))
    }
}
