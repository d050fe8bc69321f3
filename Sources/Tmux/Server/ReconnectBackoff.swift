/// How long to wait before the next attempt to connect: not at all at first, then longer each time.
struct ReconnectBackoff: Sendable {
    private static let initial = Duration.milliseconds(100)
    private static let maximum = Duration.seconds(5)
    /// A connection that lived so long was a good one.
    private static let healthy = Duration.seconds(10)

    private var nextDelay = Duration.zero

    /// The wait before the next attempt.
    mutating func next() -> Duration {
        defer { nextDelay = nextDelay == .zero ? Self.initial : min(nextDelay * 2, Self.maximum) }
        return nextDelay
    }

    mutating func connectionEnded(after lifetime: Duration) {
        if lifetime >= Self.healthy { nextDelay = .zero }
    }
}
