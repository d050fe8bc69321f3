import CWslay

/// Text messages to a client's bytes on the wire, and a server's bytes to text messages. wslay does the
/// framing of RFC 6455: masks with random keys, fragments, text that must be UTF-8, ping and pong, close.
///
/// Without input and output of its own. This is the boundary to C: the only place of the module with
/// unsafe pointers.
final class WebSocketFramer {
    /// Why nothing more is received.
    enum End: Hashable {
        /// The server sent a close frame; 1005 stands for one without a code.
        case closed(code: Int, reason: String)
        /// Frames that a server may not send, or text that is not UTF-8.
        case violation
        /// A binary message, where all is text.
        case binary
        case tooLarge
    }

    private var context: wslay_event_context_ptr!
    private let limits: WebSocket.Limits
    private var random = SystemRandomNumberGenerator()
    // What the callbacks of `receive(_:)` work on.
    private var input = UnsafeRawBufferPointer(start: nil, count: 0)
    private var message: [UInt8] = []
    private var messages: [[UInt8]] = []
    private var isInControlFrame = false
    private var end: End?
    // What the callbacks of `produce(into:upTo:)` work on.
    private var output: [UInt8] = []
    private var outputLimit = 0
    private var fragmented: ArraySlice<UInt8> = []

    init(limits: WebSocket.Limits) {
        self.limits = limits
        var callbacks = Self.callbacks
        let status = wslay_event_context_client_init(&context, &callbacks, Unmanaged.passUnretained(self).toOpaque())
        precondition(status == 0, "no memory left")
        // Messages are gathered here: wslay would copy each a second time, all at once, at its end.
        wslay_event_config_set_no_buffering(context, 1)
        wslay_event_config_set_max_recv_msg_length(context, .max)
    }

    deinit {
        wslay_event_context_free(context)
    }

    // MARK: Receiving

    /// Takes bytes as they arrive, in pieces of any size.
    /// - Returns: the messages that are complete now, and why the connection is to end after them, if so.
    ///   What the server is to be told in turn, such as a pong, is given by `produce(into:upTo:)`.
    func receive(_ bytes: [UInt8]) -> (messages: [[UInt8]], end: End?) {
        let status = bytes.withUnsafeBytes { bytes in
            input = bytes
            defer { input = UnsafeRawBufferPointer(start: nil, count: 0) }
            return wslay_event_recv(context)
        }
        if end == nil, status != 0 || wslay_event_get_read_enabled(context) == 0 { end = .violation }
        defer { messages = [] }
        return (messages, end)
    }

    fileprivate func take(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, input.count)
        guard count > 0 else { return 0 }
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        return count
    }

    fileprivate func frameBegins(opcode: UInt8, length: UInt64) {
        isInControlFrame = opcode & 0x8 != 0
        guard !isInControlFrame, end == nil else { return }
        if opcode == UInt8(WSLAY_BINARY_FRAME.rawValue) {
            return fail(.binary, WSLAY_CODE_UNSUPPORTED_DATA)
        }
        guard length <= UInt64(limits.maximumMessage - message.count) else {
            return fail(.tooLarge, WSLAY_CODE_MESSAGE_TOO_BIG)
        }
        // One frame is given all its room at once; many grow it in steps, or each would copy all before it.
        let needed = message.count + Int(length)
        if needed > message.capacity {
            message.reserveCapacity(message.isEmpty ? needed : max(needed, 2 * message.capacity))
        }
    }

    fileprivate func frameContinues(_ bytes: UnsafeBufferPointer<UInt8>) {
        if !isInControlFrame, end == nil { message.append(contentsOf: bytes) }
    }

    fileprivate func messageEnds(opcode: UInt8, closeCode: UInt16, payload: UnsafeBufferPointer<UInt8>) {
        guard end == nil else { return }
        switch UInt32(opcode) {
        case WSLAY_TEXT_FRAME.rawValue:
            messages.append(message)
            message = []
        case WSLAY_CONNECTION_CLOSE.rawValue:
            // wslay 1.1.1 takes half a code for none.
            guard payload.count != 1 else { return end = .violation }
            let code = closeCode == 0 ? Int(WSLAY_CODE_NO_STATUS_RCVD.rawValue) : Int(closeCode)
            end = .closed(code: code, reason: String(decoding: payload.dropFirst(2), as: UTF8.self))
        default:
            break
        }
    }

    private func fail(_ end: End, _ code: wslay_status_code) {
        self.end = end
        message = []
        wslay_event_shutdown_read(context)
        close(code)
    }

    // MARK: Sending

    /// Whether `produce(into:upTo:)` has something to give.
    var hasOutput: Bool { wslay_event_want_write(context) != 0 }

    /// Begins one message. Only when there is no output left, so that one is under way at a time.
    func begin(_ text: [UInt8]) {
        precondition(!hasOutput)
        let status: Int32
        if text.count > limits.maximumFrame {
            fragmented = text[...]
            var message = wslay_event_fragmented_msg()
            message.opcode = UInt8(WSLAY_TEXT_FRAME.rawValue)
            message.read_callback = Self.readFragment
            status = wslay_event_queue_fragmented_msg(context, &message)
        } else {
            status = queue(WSLAY_TEXT_FRAME, text)
        }
        precondition(status == 0, "no memory left")
    }

    func ping() {
        _ = queue(WSLAY_PING, [])
    }

    /// Puts a close frame behind the frame that is under way. No message can be begun any more.
    func close(_ code: wslay_status_code = WSLAY_CODE_NORMAL_CLOSURE) {
        wslay_event_queue_close(context, UInt16(code.rawValue), nil, 0)
    }

    private func queue(_ opcode: wslay_opcode, _ payload: [UInt8]) -> Int32 {
        payload.withUnsafeBufferPointer { payload in
            var message = wslay_event_msg(opcode: UInt8(opcode.rawValue), msg: payload.baseAddress, msg_length: payload.count)
            return wslay_event_queue_msg(context, &message)
        }
    }

    /// Appends bytes for the server until `bytes` has `limit` of them or there are no more.
    func produce(into bytes: inout [UInt8], upTo limit: Int) {
        swap(&output, &bytes)
        outputLimit = limit
        let status = wslay_event_send(context)
        precondition(status == 0, "no memory left")
        swap(&output, &bytes)
    }

    fileprivate func give(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        let count = min(bytes.count, outputLimit - output.count)
        guard count > 0 else { return 0 }
        output.append(contentsOf: bytes[..<count])
        return count
    }

    fileprivate func takeFragment(_ buffer: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, isLast: Bool) {
        let piece = fragmented.prefix(buffer.count)
        _ = buffer.update(fromContentsOf: piece)
        fragmented = fragmented.dropFirst(piece.count)
        return (piece.count, fragmented.isEmpty)
    }

    fileprivate func fillMask(_ buffer: UnsafeMutableRawBufferPointer) {
        withUnsafeBytes(of: random.next()) { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<buffer.count])) }
    }
}

// MARK: What wslay calls

extension WebSocketFramer {
    private static func of(_ data: UnsafeMutableRawPointer?) -> WebSocketFramer {
        Unmanaged<WebSocketFramer>.fromOpaque(data!).takeUnretainedValue()
    }

    fileprivate static let callbacks = wslay_event_callbacks(
        recv_callback: { context, buffer, length, _, data in
            let count = of(data).take(UnsafeMutableRawBufferPointer(start: buffer, count: length))
            if count == 0 { wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK.rawValue) }
            return count == 0 ? -1 : count
        },
        send_callback: { context, bytes, length, _, data in
            let count = of(data).give(UnsafeBufferPointer(start: bytes, count: length))
            if count == 0 { wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK.rawValue) }
            return count == 0 ? -1 : count
        },
        genmask_callback: { _, buffer, length, data in
            of(data).fillMask(UnsafeMutableRawBufferPointer(start: buffer, count: length))
            return 0
        },
        on_frame_recv_start_callback: { _, frame, data in
            of(data).frameBegins(opcode: frame!.pointee.opcode, length: frame!.pointee.payload_length)
        },
        on_frame_recv_chunk_callback: { _, chunk, data in
            of(data).frameContinues(UnsafeBufferPointer(start: chunk!.pointee.data, count: chunk!.pointee.data_length))
        },
        on_frame_recv_end_callback: nil,
        on_msg_recv_callback: { _, message, data in
            let message = message!.pointee
            of(data).messageEnds(
                opcode: message.opcode, closeCode: message.status_code,
                payload: UnsafeBufferPointer(start: message.msg, count: message.msg_length))
        })

    fileprivate static let readFragment: wslay_event_fragmented_msg_callback = { _, buffer, length, _, isLast, data in
        let fragment = of(data).takeFragment(UnsafeMutableBufferPointer(start: buffer, count: length))
        isLast!.pointee = fragment.isLast ? 1 : 0
        return fragment.count
    }
}
