/// Notes when turns end, with nothing of dev-sessions in between.
protocol TurnEndObserver: Actor {
    var ends: TurnEnds { get set }
    func close() async
}

extension TurnEndObserver {
    var count: Int { ends.count }

    /// When the turn ended that comes after the first `count`.
    func time(after count: Int) async throws -> ContinuousClock.Instant {
        try await withCheckedThrowingContinuation { ends.wait(after: count, $0) }
    }
}

/// When turns ended, and who waits for the next to end.
struct TurnEnds {
    private var times: [ContinuousClock.Instant] = []
    private var waiting: [(index: Int, continuation: CheckedContinuation<ContinuousClock.Instant, any Error>)] = []

    var count: Int { times.count }

    mutating func wait(after count: Int, _ continuation: CheckedContinuation<ContinuousClock.Instant, any Error>) {
        if times.count > count {
            continuation.resume(returning: times[count])
        } else {
            waiting.append((count, continuation))
        }
    }

    mutating func note(_ time: ContinuousClock.Instant) {
        times.append(time)
        waiting.removeAll { wait in
            guard times.count > wait.index else { return false }
            wait.continuation.resume(returning: times[wait.index])
            return true
        }
    }

    /// No more ends are seen.
    mutating func fail(_ error: any Error) {
        for wait in waiting { wait.continuation.resume(throwing: error) }
        waiting.removeAll()
    }
}
