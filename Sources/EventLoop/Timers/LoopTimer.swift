import CLibuv

/// A timer of the loop. Holds its closure, and itself, until it is closed.
public final class LoopTimer: HandleOwner {
    private let memory: HandleMemory
    private var fire: (() -> Void)?
    private var repeats = false
    /// Called once by `close()`, also when the loop ends or has ended.
    var closed: (() -> Void)?

    /// On a loop that has ended the timer is closed from the start.
    public convenience init(on loop: EventLoop) {
        self.init(on: loop, countedAs: .timer)
    }

    init(on loop: EventLoop, countedAs kind: HandleCounts.Kind) {
        memory = HandleMemory(kind, UV_TIMER, on: loop)
        try? memory.open(owner: self, "creating a timer") { uv_timer_init(loop.raw, memory.pointer()) }
    }

    /// Calls `fire` once, or again and again. Replaces an earlier schedule; does nothing after `close()`.
    /// - Parameters:
    ///   - delay: rounded up to milliseconds.
    ///   - interval: from one call to the next, at least a millisecond; calls that are late are not made up for.
    public func schedule(after delay: Duration, repeating interval: Duration? = nil, _ fire: @escaping () -> Void) {
        guard memory.isOpen else {
            closed.take()?()
            return
        }
        self.fire = fire
        repeats = interval != nil
        // The loop's clock stands still during a turn; the delay counts from now.
        uv_update_time(memory.loop.raw)
        uv_timer_start(
            memory.pointer(), { HandleMemory.owner(of: $0, as: LoopTimer.self).expire() },
            delay.wholeMilliseconds, interval.map { max(1, $0.wholeMilliseconds) } ?? 0)
    }

    /// Forgets the schedule; the timer can be scheduled again.
    public func cancel() {
        fire = nil
        if memory.isOpen { uv_timer_stop(memory.pointer()) }
    }

    /// Whether a call is to come.
    public var isScheduled: Bool { fire != nil }

    public func close() {
        cancel()
        memory.close()
        closed.take()?()
    }

    private func expire() {
        let fire = fire
        if !repeats { self.fire = nil }
        fire?()
    }
}

@available(*, unavailable)
extension LoopTimer: Sendable {}

extension Duration {
    /// Rounded up; nothing below zero.
    var wholeMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return UInt64(seconds) * 1000 + UInt64((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
