import EventLoop

/// Something that is waited for once, until a deadline. On the loop only.
final class Expectation {
    private enum State {
        case open
        case waiting(CheckedContinuation<Bool, Never>)
        case met
        case failed
    }

    private let loop: EventLoop
    private var state = State.open
    /// Only while somebody waits: a handle that is not closed lives as long as its loop.
    private var timer: LoopTimer?

    init(on loop: EventLoop) {
        self.loop = loop
    }

    func meet() { end(.met, true) }

    /// It will not happen any more.
    func fail() { end(.failed, false) }

    private func end(_ end: State, _ result: Bool) {
        let before = state
        switch before {
        case .met, .failed: return
        case .open, .waiting: state = end
        }
        timer?.close()
        timer = nil
        if case .waiting(let continuation) = before { continuation.resume(returning: result) }
    }

    var isFailed: Bool { if case .failed = state { true } else { false } }

    /// - Returns: whether it happened within this time. It may be waited for again.
    func wait(on actor: isolated any Actor, atMost time: Duration) async -> Bool {
        switch state {
        case .met: return true
        case .failed: return false
        case .waiting: preconditionFailure("an expectation has one waiter")
        case .open: break
        }
        return await withCheckedContinuation { continuation in
            state = .waiting(continuation)
            let timer = LoopTimer(on: loop)
            self.timer = timer
            timer.schedule(after: time) { [self] in
                timer.close()
                self.timer = nil
                guard case .waiting(let continuation) = state else { return }
                state = .open
                continuation.resume(returning: false)
            }
        }
    }
}
