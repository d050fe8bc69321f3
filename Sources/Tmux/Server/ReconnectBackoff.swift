import Supervision

/// How long to wait before the next attempt to connect: not at all at first, then longer each time.
struct ReconnectBackoff: Sendable {
    private static let backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5))
    /// A connection that lived so long was a good one.
    private static let healthy = Duration.seconds(10)

    private var attempts = 0

    /// The wait before the next attempt.
    mutating func next() -> Duration {
        defer { attempts += 1 }
        return attempts == 0 ? .zero : Self.backoff.pause(before: attempts - 1)
    }

    mutating func connectionEnded(after lifetime: Duration) {
        if lifetime >= Self.healthy { attempts = 0 }
    }
}
