import CLibuv

/// Hears of the end of a process that need not be a child: by a pidfd (Linux 5.3), where there is none by
/// looking four times a second.
public final class ExitWatch: HandleOwner {
    private let loop: EventLoop
    private let process: ProcessIdentity
    private var exited: (() -> Void)?
    private var poll: HandleMemory?
    private var timer: LoopTimer?
    private var descriptor: Int32 = -1

    /// - Parameter exited: called once, later than this call, when the process has ended, has ended before,
    ///   or when its number belongs to another.
    /// - Throws: when the loop has ended, or the system has no descriptors left.
    public convenience init(
        on loop: EventLoop, process: ProcessIdentity, exited: @escaping () -> Void
    ) throws(EventLoopError) {
        try self.init(on: loop, process: process, descriptor: clibuv_open_process(process.processID), exited: exited)
    }

    /// - Parameter descriptor: a pidfd, or the negated errno why there is none.
    init(
        on loop: EventLoop, process: ProcessIdentity, descriptor: Int32, exited: @escaping () -> Void
    ) throws(EventLoopError) {
        self.loop = loop
        self.process = process
        self.exited = exited
        let operation = "watching process \(process.processID)"
        switch descriptor {
        case 0...: try watch(descriptor, operation)
        case -ESRCH: try look(after: .zero)
        case -EMFILE, -ENFILE, -ENOMEM: throw EventLoopError(operation, status: descriptor)
        default: try look(after: .zero, repeating: .milliseconds(250))
        }
    }

    private func watch(_ descriptor: Int32, _ operation: String) throws(EventLoopError) {
        self.descriptor = descriptor
        // The number may have been given to another since: only now can it no longer be.
        guard process.isAlive else { return try look(after: .zero) }
        let memory = HandleMemory(.exitWatch, UV_POLL, on: loop)
        poll = memory
        do throws(EventLoopError) {
            try memory.open(owner: self, operation) { uv_poll_init(loop.raw, memory.pointer(), descriptor) }
            let status = uv_poll_start(memory.pointer(), Int32(UV_READABLE.rawValue)) { handle, _, _ in
                HandleMemory.owner(of: handle, as: ExitWatch.self).fire()
            }
            guard status == 0 else { throw EventLoopError(operation, status: status) }
        } catch {
            close()
            throw error
        }
    }

    private func look(after delay: Duration, repeating interval: Duration? = nil) throws(EventLoopError) {
        guard !loop.isClosing else { throw EventLoopError(.closed, "watching process \(process.processID)") }
        let timer = LoopTimer(on: loop, countedAs: .exitWatch)
        self.timer = timer
        timer.schedule(after: delay, repeating: interval) { [self] in
            if interval == nil || !process.isAlive { fire() }
        }
    }

    private func fire() {
        let exited = exited.take()
        close()
        exited?()
    }

    public func close() {
        exited = nil
        timer?.close()
        timer = nil
        poll?.close()
        poll = nil
        if descriptor >= 0 { System.close(descriptor) }
        descriptor = -1
    }
}

@available(*, unavailable)
extension ExitWatch: Sendable {}
