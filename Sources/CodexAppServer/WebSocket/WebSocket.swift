import EventLoop

/// One WebSocket connection, as a client, that carries text messages both ways.
///
/// Used on the loop's thread only; its events are called there, in order. Holds its closure, and itself,
/// until `Event.closed` or `close()`.
public final class WebSocket {
    public enum Event: Sendable {
        /// One whole text message, which is UTF-8.
        case message([UInt8])
        /// Once, and last: `.connectionLost`, `.protocolViolation` or `.tooLarge`.
        case closed(CodexError)
    }

    private enum State {
        case open
        /// Closed from this side: a close frame goes out after what is queued.
        case closing
        /// Nothing is read, and nothing more is queued. A close frame may be on its way, and events may
        /// wait for `resumeReading()`.
        case ended(CodexError)
    }

    private enum Liveness { case heard, silent, pinged, doubted }

    private struct Outgoing {
        let text: [UInt8]
        let completion: ((CodexError?) -> Void)?
    }

    /// How much is framed and written, or read, before others on the loop have their turn. In bytes.
    private static let pieceSize = 256 << 10
    /// How many messages are framed at a time.
    private static let pieceMessages = 1000
    /// How long a close frame may take to be written.
    private static let closePatience = Duration.seconds(1)

    private let name: String
    private let stream: ByteStream
    private let framer: WebSocketFramer
    private let limits: Limits
    private var events: ((Event) -> Void)?
    private var state = State.open

    private var inbox = FIFO<[UInt8]>()
    private var isPaused = false
    private var isDelivering = false
    private var bytesOfTurn = 0
    private let nextTurn: LoopTimer

    private var outbox = FIFO<Outgoing>()
    private var current: Outgoing?
    private var isWriting = false
    /// In bytes: the messages that the kernel does not have whole.
    public private(set) var queuedBytes = 0

    private var liveness = Liveness.heard
    private let patience: LoopTimer

    /// - Parameters:
    ///   - stream: after the handshake, its reading paused.
    ///   - rest: what came with the handshake's end. Its messages are delivered in a later turn.
    init(
        _ stream: ByteStream, rest: [UInt8], named name: String, limits: Limits, on loop: EventLoop,
        events: @escaping (Event) -> Void
    ) {
        (self.stream, self.name, self.limits, self.events) = (stream, name, limits, events)
        framer = WebSocketFramer(limits: limits)
        nextTurn = LoopTimer(on: loop)
        patience = LoopTimer(on: loop)
        stream.read { self.received($0) }
        watch()
        take(rest)
        readInNextTurn()
    }

    // MARK: Reading

    /// No events arrive until `resumeReading()`, not even the end: the server is soon held up by its full
    /// buffers.
    public func pauseReading() {
        isPaused = true
        stream.pauseReading()
    }

    /// Events arrive from the next turn of the loop on.
    public func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        readInNextTurn()
    }

    private func readInNextTurn() {
        nextTurn.schedule(after: .zero) {
            self.bytesOfTurn = 0
            self.deliver()
            if case .open = self.state, !self.isPaused { self.stream.resumeReading() }
        }
    }

    private func received(_ event: ByteStream.Event) {
        switch event {
        case .bytes(let bytes):
            take(bytes)
            bytesOfTurn += bytes.count
            if bytesOfTurn >= Self.pieceSize, !isPaused {
                stream.pauseReading()
                readInNextTurn()
            }
        case .end:
            end(lost("the server ended the connection"))
        case .failed(let error):
            end(lost("\(error)"))
        }
        deliver()
    }

    private func take(_ bytes: [UInt8]) {
        liveness = .heard
        let (messages, end) = framer.receive(bytes)
        for message in messages { inbox.append(message) }
        if let end {
            self.end(error(for: end), tellsServer: true)
        } else {
            pump()
        }
    }

    private func deliver() {
        guard !isDelivering else { return }
        isDelivering = true
        defer { isDelivering = false }
        while !isPaused, let message = inbox.popFirst() { events?(.message(message)) }
        guard !isPaused, case .ended(let error) = state else { return }
        nextTurn.close()
        events.take()?(.closed(error))
    }

    // MARK: Writing

    /// Queues one message: never blocks, and keeps the order. Does nothing after the end.
    ///
    /// Who writes without looking at `queuedBytes`, and without `send(_:)`, lets the queue grow as long as
    /// the server does not read.
    /// - Parameter text: UTF-8.
    public func write(_ text: [UInt8]) {
        guard case .open = state else { return }
        enqueue(Outgoing(text: text, completion: nil))
    }

    /// Sends one message, and returns when the kernel has all of it: who sends one after the other is held
    /// to the speed of the server. Not ended by the cancellation of a task, but by the connection's end.
    /// - Throws: `.connectionLost` and what else `Event.closed` tells, or `.closed`.
    public func send(_ text: [UInt8]) async throws(CodexError) {
        switch state {
        case .open: break
        case .closing: throw closed
        case .ended(let error): throw error
        }
        let failure = await withCheckedContinuation { continuation in
            enqueue(Outgoing(text: text) { continuation.resume(returning: $0) })
        }
        if let failure { throw failure }
    }

    private func enqueue(_ message: Outgoing) {
        queuedBytes += message.text.count
        outbox.append(message)
        pump()
    }

    /// Frames and writes one piece, unless one is under way.
    private func pump() {
        guard !isWriting else { return }
        var piece: [UInt8] = []
        var written: [Outgoing] = []
        while piece.count < Self.pieceSize, written.count < Self.pieceMessages {
            framer.produce(into: &piece, upTo: Self.pieceSize)
            if framer.hasOutput { break }
            if let message = current.take() { written.append(message) }
            if let next = outbox.popFirst() {
                framer.begin(next.text)
                current = next
            } else if case .closing = state {
                state = .ended(closed)
                framer.close()
            } else {
                break
            }
        }
        guard !piece.isEmpty else { return }
        isWriting = true
        stream.write(piece) { self.wrote(written, $0) }
    }

    private func wrote(_ messages: [Outgoing], _ failure: EventLoopError?) {
        for message in messages {
            queuedBytes -= message.text.count
            message.completion?(failure.map { ended ?? lost("\($0)") })
        }
        if let failure, ended == nil {
            // Nothing more is written. Reading goes on, as the server's last words may be there, and then
            // finds the end, unless the loop has ended.
            if failure.code == .cancelled || failure.code == .closed {
                end(lost("\(failure)"))
                deliver()
            }
            return
        }
        isWriting = false
        pump()
        if !isWriting, ended != nil { hangUp() }
    }

    /// The server's process, where the system tells: on a Unix socket.
    public func peerProcessID() -> Int32? { stream.peerProcessID() }

    // MARK: Liveness

    /// Asks the server for a sign of life. It is asked by itself after `Limits.silence`.
    public func ping() {
        guard case .open = state else { return }
        framer.ping()
        pump()
    }

    private func watch() {
        // A last look after a moment: when this process itself was held up, the answer may be there unread.
        patience.schedule(after: liveness == .doubted ? .seconds(1) : limits.silence) { self.checkLiveness() }
    }

    private func checkLiveness() {
        switch liveness {
        case _ where isPaused, .heard:
            liveness = .silent
        case .silent:
            ping()
            liveness = .pinged
        case .pinged:
            liveness = .doubted
        case .doubted:
            end(lost("the server did not answer a ping within \(limits.silence)"))
            return deliver()
        }
        watch()
    }

    // MARK: End

    /// Sends what is queued and a close frame, for a second at most, and ends. No events follow.
    public func close() {
        events = nil
        inbox.removeAll()
        nextTurn.close()
        guard case .open = state else { return }
        state = .closing
        stream.pauseReading()
        hangUpSoon()
    }

    /// - Parameter tellsServer: whether the framer has a close frame for it.
    private func end(_ error: CodexError, tellsServer: Bool = false) {
        guard case .open = state else { return }
        state = .ended(error)
        dropOutbox(error)
        stream.pauseReading()
        if tellsServer { hangUpSoon() } else { hangUp() }
    }

    private func hangUpSoon() {
        patience.schedule(after: Self.closePatience) { self.hangUp() }
        pump()
        if !isWriting { hangUp() }
    }

    private func hangUp() {
        if ended == nil { state = .ended(closed) }
        dropOutbox(ended ?? closed)
        patience.close()
        stream.close()
    }

    private func dropOutbox(_ error: CodexError) {
        var dropped: [Outgoing] = []
        if let message = current.take() { dropped.append(message) }
        while let message = outbox.popFirst() { dropped.append(message) }
        for message in dropped {
            queuedBytes -= message.text.count
            message.completion?(error)
        }
    }

    // MARK: Errors

    private var ended: CodexError? {
        if case .ended(let error) = state { error } else { nil }
    }

    private var closed: CodexError {
        CodexError(.closed, while: name, reason: "the connection was closed from this side")
    }

    private func lost(_ reason: String) -> CodexError {
        CodexError(.connectionLost, while: name, reason: reason)
    }

    private func error(for end: WebSocketFramer.End) -> CodexError {
        switch end {
        case .closed(let code, let reason):
            lost("the server closed the connection with code \(code)" + (reason.isEmpty ? "" : ": \(reason)"))
        case .violation:
            CodexError(.protocolViolation, while: name, reason: "the server sent a frame that is not allowed, or text that is not UTF-8")
        case .binary:
            CodexError(.protocolViolation, while: name, reason: "the server sent a binary message")
        case .tooLarge:
            CodexError(.tooLarge, while: name, reason: "the server sent a message of more than \(limits.maximumMessage) bytes")
        }
    }
}

@available(*, unavailable)
extension WebSocket: Sendable {}
