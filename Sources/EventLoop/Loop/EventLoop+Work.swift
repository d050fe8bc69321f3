import Synchronization

extension EventLoop {
    /// Runs `body` on the loop's thread: at once when called there, else after what is queued before it.
    /// For tests and bootstrapping; an actor on the loop has no need of it.
    public func perform<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        if isCurrent { return try body() }
        return try await withCheckedThrowingContinuation { continuation in
            call { continuation.resume(with: Result(catching: body)) }
        }
    }

    /// Runs `work` on the process's small pool of threads (four, or `UV_THREADPOOL_SIZE`) and returns to
    /// the caller: for disk, SQLite and the locks of other programs. Work that has begun is never
    /// cancelled; work that waits for a thread is, with `.cancelled`, by the loop's shutdown.
    public func offload<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            call {
                let cell = ResultCell<T>()
                OffloadedWork {
                    let result = Result(catching: work)
                    cell.result.withLock { $0 = result }
                } finished: { status in
                    let result = cell.result.withLock { $0 }
                    continuation.resume(
                        with: result ?? .failure(EventLoopError("running work on the pool of threads", status: status)))
                }.queue(on: self)
            }
        }
    }

    /// Waits on a timer of the loop; milliseconds, rounded up.
    /// - Throws: `CancellationError` when the task is cancelled, `EventLoopError` when the loop ends.
    public func sleep(for duration: Duration, isolation: isolated (any Actor)? = #isolation) async throws {
        let waiter = Waiter<Void>()
        let sleeper = Sleeper(loop: self)
        call { sleeper.start(duration, waiter) }
        try await waiter.value {
            // Not `call`, which could overtake the start.
            self.enqueue(.call {
                sleeper.stop()
                waiter.finish(.failure(CancellationError()))
            })
        }
    }
}

private final class ResultCell<T: Sendable>: Sendable {
    let result = Mutex<Result<T, any Error>?>(nil)
}

/// The timer of one `sleep(for:)`. Touched on the loop's thread only.
private final class Sleeper: @unchecked Sendable {
    private let loop: EventLoop
    private var timer: LoopTimer?

    init(loop: EventLoop) {
        self.loop = loop
    }

    func start(_ duration: Duration, _ waiter: Waiter<Void>) {
        let timer = LoopTimer(on: loop)
        self.timer = timer
        timer.closed = { waiter.finish(.failure(EventLoopError(.closed, "sleeping"))) }
        timer.schedule(after: duration) {
            waiter.finish(.success(()))
            timer.close()
        }
    }

    func stop() {
        timer?.closed = nil
        timer.take()?.close()
    }
}

extension EventLoop {
    /// Runs `body` in a later turn; called on the loop's thread, so that nothing is sent to another.
    func later(_ body: @escaping () -> Void) {
        precondition(isCurrent)
        nonisolated(unsafe) let body = body
        enqueue(.call { body() })
    }
}
