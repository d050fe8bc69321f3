import Supervision

/// When a server that has ended is started again: at once, then later and later, and not more than so often. With the
/// last attempt some 8 seconds have passed.
struct ReconnectionBackoff: Sendable {
    private static let backoff = Backoff(initial: .milliseconds(250), maximum: .seconds(4))
    /// It has held for so long: what was before does not count any more.
    private static let healthy = Duration.seconds(60)
    private static let limit = 6

    private var attempts = 0
    private var last: ContinuousClock.Instant?

    /// - Returns: how long to wait before the next attempt; nil when there were too many.
    mutating func next(now: ContinuousClock.Instant) -> Duration? {
        if let last, now - last > Self.healthy { attempts = 0 }
        guard attempts < Self.limit else {
            attempts = 0
            return nil
        }
        let pause = attempts == 0 ? .zero : Self.backoff.pause(before: attempts - 1)
        attempts += 1
        last = now + pause
        return pause
    }
}
