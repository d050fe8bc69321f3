import CLibuv

/// Hears of a signal sent to this process, in place of what the signal would do by itself.
public final class SignalWatch: HandleOwner {
    private let memory: HandleMemory
    private var received: (() -> Void)?

    /// - Parameter received: called once for several signals that come close together.
    public init(on loop: EventLoop, signal: Int32, received: @escaping () -> Void) throws(EventLoopError) {
        memory = HandleMemory(.signalWatch, UV_SIGNAL, on: loop)
        self.received = received
        let operation = "watching for signal \(signal)"
        try memory.open(owner: self, operation) { uv_signal_init(loop.raw, memory.pointer()) }
        let status = uv_signal_start(
            memory.pointer(), { handle, _ in HandleMemory.owner(of: handle, as: SignalWatch.self).received?() }, signal)
        guard status == 0 else {
            close()
            throw EventLoopError(operation, status: status)
        }
    }

    /// The signal does again what it does by itself, if nobody else watches.
    public func close() {
        received = nil
        memory.close()
    }
}

@available(*, unavailable)
extension SignalWatch: Sendable {}
