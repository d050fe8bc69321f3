import CLibuv
import Synchronization

/// One libuv loop on a thread of its own, and the executor of the actors that touch it.
///
/// An actor joins it by returning `loop.asUnownedSerialExecutor()` as its `unownedExecutor`. All actors
/// of one loop share its thread: a call from one to another costs neither a lock nor a change of thread.
///
/// A loop lives, with its thread, until `shutdown()`. Handles that are still open then are closed. Work
/// of its actors that arrives later still runs, one piece at a time, on threads of Swift's own pool, and
/// finds all handles closed.
public final class EventLoop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    // Guarded as follows: `queue`, `counts` and the atomics by themselves, everything else by being
    // touched on the loop's thread only.

    let raw: UnsafeMutablePointer<uv_loop_t>
    /// Where every stream of the loop reads into: libuv hands the bytes on before it reads again.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 16)
    /// The directories that are watched, whoever asked.
    let directories = DirectoryRegistry()
    var works: Set<OffloadedWork> = []
    private(set) var isClosing = false

    private let name: String
    private let wake: UnsafeMutablePointer<uv_async_t>
    private let turnMeter: UnsafeMutablePointer<uv_prepare_t>
    private let queue = Mutex(JobQueue())
    private let counts = Mutex(HandleCounts())
    private let currentThread = Atomic<UInt>(0)
    private let longestTurnNanoseconds = Atomic<UInt64>(0)
    private var thread: uv_thread_t
    private var batch = JobBatch()
    private var turnStart: (time: UInt64, idle: UInt64) = (0, 0)

    /// Creates the loop and starts its thread. From then on a broken pipe is an error in this process and no
    /// longer a deadly signal: libuv's writes would raise it.
    /// - Parameter name: of the thread, as debuggers show it; Linux keeps 15 bytes.
    /// - Throws: when the system has no descriptors or threads left.
    public init(name: String = "event-loop") throws(EventLoopError) {
        System.ignoreBrokenPipes()
        self.name = name
        raw = .allocate(capacity: 1)
        wake = .allocate(capacity: 1)
        wake.initialize(to: uv_async_t())
        turnMeter = .allocate(capacity: 1)
        turnMeter.initialize(to: uv_prepare_t())
        thread = clibuv_no_thread()
        var status = uv_loop_init(raw)
        guard status == 0 else { throw EventLoopError("creating an event loop", status: status) }
        clibuv_measure_idle_time(raw)
        raw.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        status = uv_async_init(raw, wake) { EventLoop.of($0!.pointee.loop).drain() }
        if status == 0 {
            uv_prepare_init(raw, turnMeter)
            uv_prepare_start(turnMeter) { EventLoop.of($0!.pointee.loop).beforePolling() }
            uv_unref(UnsafeMutableRawPointer(turnMeter).assumingMemoryBound(to: uv_handle_t.self))
            let retained = Unmanaged.passRetained(self)
            status = uv_thread_create(
                &thread, { Unmanaged<EventLoop>.fromOpaque($0!).takeRetainedValue().run() }, retained.toOpaque())
            if status != 0 { retained.release() }
        }
        guard status == 0 else { throw EventLoopError("starting an event loop's thread", status: status) }
    }

    deinit {
        readBuffer.deallocate()
        turnMeter.deallocate()
        wake.deallocate()
        raw.deallocate()
    }

    static func of(_ raw: UnsafeMutablePointer<uv_loop_t>!) -> EventLoop {
        Unmanaged<EventLoop>.fromOpaque(raw.pointee.data).takeUnretainedValue()
    }

    // MARK: Executor

    public func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.job(UnownedJob(job)))
    }

    public func checkIsolated() {
        precondition(isCurrent, "not on the event loop's thread")
    }

    public func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }

    /// Whether the caller runs on the loop's thread.
    public var isCurrent: Bool {
        currentThread.load(ordering: .relaxed) == clibuv_current_thread()
    }

    /// Runs `body` at once when called on the loop's thread, else there as soon as it can.
    func call(_ body: @escaping @Sendable () -> Void) {
        if isCurrent { body() } else { enqueue(.call(body)) }
    }

    func enqueue(_ item: JobQueue.Item) {
        let isCurrent = isCurrent
        let isLate = queue.withLock { queue in
            queue.items.append(item)
            switch queue.phase {
            case .running:
                // The loop's own thread drains before it polls. Sending under the lock keeps the
                // descriptor from being closed, and its number from being reused, in between.
                if !isCurrent, !queue.isSignalled {
                    queue.isSignalled = true
                    uv_async_send(wake)
                }
                return false
            case .ended:
                queue.phase = .late
                return true
            case .ending, .late:
                return false
            }
        }
        if isLate { Task.detached { self.runLateJobs() } }
    }

    // MARK: The loop's thread

    private func run() {
        clibuv_name_current_thread(name)
        currentThread.store(clibuv_current_thread(), ordering: .relaxed)
        turnStart.time = uv_hrtime()
        uv_run(raw, UV_RUN_DEFAULT)
        drain()
        finish()
    }

    /// Runs what is queued, for at most two milliseconds at a time, so that jobs which enqueue jobs do
    /// not keep the loop from its sockets.
    private func drain() {
        let deadline = uv_hrtime() + 2_000_000
        while true {
            if batch.isEmpty {
                queue.withLock { batch.refill(from: &$0) }
                if batch.isEmpty { return }
            }
            while let item = batch.next() {
                run(item)
                if uv_hrtime() > deadline {
                    uv_async_send(wake)
                    return
                }
            }
        }
    }

    private func run(_ item: JobQueue.Item) {
        switch item {
        case .job(let job):
            // Naming the task executor too would make every call between two actors of the loop wait in the
            // queue: tasks without a preference for it would count as running elsewhere (Swift 6.3.1).
            job.runSynchronously(on: asUnownedSerialExecutor())
        case .call(let body):
            body()
        }
    }

    private func beforePolling() {
        drain()
        let now = (time: uv_hrtime(), idle: uv_metrics_idle_time(raw))
        let passed = now.time - turnStart.time
        let busy = passed - min(now.idle - turnStart.idle, passed)
        if busy > longestTurnNanoseconds.load(ordering: .relaxed) {
            longestTurnNanoseconds.store(busy, ordering: .relaxed)
        }
        turnStart = now
    }

    // MARK: Shutdown

    /// Closes every handle that is still open, in the order of their creation, waits for work on the
    /// pool of threads that has begun, and ends the thread. What was under way fails with
    /// `.cancelled`. Can be called from anywhere, also more than once and from the loop's own actors.
    public func shutdown() async {
        let isFirst = await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
            let isRunning = queue.withLock { queue in
                guard queue.phase == .running || queue.phase == .ending else { return false }
                queue.shutdownWaiters.append(continuation)
                return true
            }
            if isRunning {
                enqueue(.call { self.beginClosing() })
            } else {
                continuation.resume(returning: false)
            }
        }
        if isFirst { await joinThread() }
    }

    @concurrent private func joinThread() async {
        uv_thread_join(&thread)
    }

    private func beginClosing() {
        guard !isClosing else { return }
        isClosing = true
        for work in works { work.cancel() }
        directories.close()
        uv_walk(raw, { handle, _ in HandleMemory.of(handle)?.closeWithLoop() }, nil)
        // With nothing but this handle left, `uv_run` returns.
        uv_unref(UnsafeMutableRawPointer(wake).assumingMemoryBound(to: uv_handle_t.self))
    }

    /// The last thing that the thread does.
    private func finish() {
        queue.withLock { $0.phase = .ending }
        uv_close(UnsafeMutableRawPointer(wake).assumingMemoryBound(to: uv_handle_t.self), nil)
        uv_prepare_stop(turnMeter)
        uv_close(UnsafeMutableRawPointer(turnMeter).assumingMemoryBound(to: uv_handle_t.self), nil)
        uv_run(raw, UV_RUN_DEFAULT)
        let status = uv_loop_close(raw)
        precondition(status == 0, "a handle was left open at the loop's end")
        currentThread.store(0, ordering: .relaxed)
        let (waiters, hasLateJobs) = queue.withLock { queue in
            queue.items = batch.takeRest() + queue.items
            queue.phase = queue.items.isEmpty ? .ended : .late
            defer { queue.shutdownWaiters = [] }
            return (queue.shutdownWaiters, queue.phase == .late)
        }
        if hasLateJobs { Task.detached { self.runLateJobs() } }
        for (index, waiter) in waiters.enumerated() { waiter.resume(returning: index == 0) }
    }

    /// Runs what arrives after the end; one thread at a time, as `JobQueue.Phase.late` guards.
    private func runLateJobs() {
        currentThread.store(clibuv_current_thread(), ordering: .relaxed)
        while true {
            let items = queue.withLock { queue in
                defer { queue.items = [] }
                if queue.items.isEmpty {
                    currentThread.store(0, ordering: .relaxed)
                    queue.phase = .ended
                }
                return queue.items
            }
            if items.isEmpty { return }
            for item in items { run(item) }
        }
    }

    // MARK: Metrics

    /// The open handles by kind. Can be read on any thread; a handle counts until its `close()`.
    public var handleCounts: HandleCounts { counts.withLock { $0 } }

    func count(_ kind: HandleCounts.Kind, by change: Int) {
        counts.withLock { $0[kind] += change }
    }

    /// The longest time that the loop was busy between two looks at its descriptors, since the start or
    /// `resetLongestTurn()`. Wall clock: on an overloaded machine it includes time given to others.
    public var longestTurn: Duration {
        .nanoseconds(Int64(longestTurnNanoseconds.load(ordering: .relaxed)))
    }

    public func resetLongestTurn() {
        longestTurnNanoseconds.store(0, ordering: .relaxed)
    }
}
