import CLibuv

/// Who uses a handle, and closes it when the loop ends.
protocol HandleOwner: AnyObject {
    func close()
    /// Differs from `close()` for an owner whose handle outlives its use.
    func closeWithLoop()
}

extension HandleOwner {
    func closeWithLoop() { close() }
}

/// The memory of one libuv handle, and the one rule by which it lives.
///
/// While the handle is open, libuv's `data` retains this object, and this object its owner; both are
/// released once, in the close callback, where libuv allows the memory to be freed. Everything happens
/// on the loop's thread.
final class HandleMemory {
    private enum State { case unopened, open, closing, closed }

    let loop: EventLoop
    private let kind: HandleCounts.Kind
    private let memory: UnsafeMutableRawPointer
    private var state = State.unopened
    private var owner: (any HandleOwner)?
    private var isCounted = false

    init(_ kind: HandleCounts.Kind, _ type: uv_handle_type, on loop: EventLoop) {
        precondition(loop.isCurrent, "handles are used on their loop's thread only")
        self.loop = loop
        self.kind = kind
        memory = .allocate(byteCount: uv_handle_size(type), alignment: 16)
    }

    deinit {
        precondition(state == .unopened || state == .closed)
        memory.deallocate()
    }

    var isOpen: Bool { state == .open }
    var handle: UnsafeMutablePointer<uv_handle_t> { pointer() }

    /// The handle as its own type, or as one that it begins with.
    func pointer<Handle>(as type: Handle.Type = Handle.self) -> UnsafeMutablePointer<Handle> {
        memory.assumingMemoryBound(to: type)
    }

    /// Calls one of libuv's `…_init` functions; from then on until `close()` the handle is open.
    func open(owner: any HandleOwner, _ operation: String, _ initialise: () -> Int32) throws(EventLoopError) {
        precondition(state == .unopened)
        guard !loop.isClosing else { throw EventLoopError(.closed, operation) }
        let status = initialise()
        guard status == 0 else { throw EventLoopError(operation, status: status) }
        handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        self.owner = owner
        state = .open
        isCounted = true
        loop.count(kind, by: 1)
    }

    /// Refuses use before and after the handle's time.
    func requireOpen(_ operation: @autoclosure () -> String) throws(EventLoopError) {
        precondition(loop.isCurrent, "handles are used on their loop's thread only")
        guard state == .open else { throw EventLoopError(.closed, operation()) }
    }

    /// No longer counts as somebody's handle, though it stays until its own end.
    func disown() {
        guard isCounted else { return }
        isCounted = false
        loop.count(kind, by: -1)
    }

    func close() {
        precondition(loop.isCurrent, "handles are used on their loop's thread only")
        guard state == .open else { return }
        state = .closing
        disown()
        uv_close(handle) { handle in
            let memory = Unmanaged<HandleMemory>.fromOpaque(handle!.pointee.data).takeRetainedValue()
            memory.state = .closed
            memory.owner = nil
        }
    }

    func closeWithLoop() {
        owner?.closeWithLoop()
        close()
    }

    /// The loop's own two handles have no data.
    static func of(_ handle: UnsafeMutablePointer<uv_handle_t>!) -> HandleMemory? {
        handle.pointee.data.map { Unmanaged<HandleMemory>.fromOpaque($0).takeUnretainedValue() }
    }

    /// For callbacks: the owner of a handle of any of libuv's types.
    static func owner<Handle, Owner: HandleOwner>(
        of handle: UnsafeMutablePointer<Handle>!, as type: Owner.Type = Owner.self
    ) -> Owner {
        let memory = of(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self))
        return unsafeDowncast(memory!.owner!, to: type)
    }
}
