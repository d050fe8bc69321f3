/// How long to wait before one attempt after another: longer each time, and apart from others who wait as well.
public struct Backoff: Codable, Sendable, Hashable {
    /// Before the first attempt.
    public var initial: Duration
    /// By how much each pause is longer than the one before it; 1 or more.
    public var factor: Double
    public var maximum: Duration
    /// The part of a pause by which it varies to both sides, from 0 to 1.
    public var jitter: Double

    public init(initial: Duration, factor: Double = 2, maximum: Duration, jitter: Double = 0) {
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
        self.jitter = jitter
    }

    /// As ``pause(before:using:)``, with the system's numbers.
    public func pause(before attempt: Int) -> Duration {
        var random = SystemRandomNumberGenerator()
        return pause(before: attempt, using: &random)
    }

    /// - Parameter attempt: 0 for the first.
    /// - Returns: between nothing and `maximum`, jitter included.
    public func pause(before attempt: Int, using random: inout some RandomNumberGenerator) -> Duration {
        var pause = min(initial, maximum)
        for _ in 0..<attempt {
            guard pause < maximum, factor > 1, pause > .zero else { break }
            pause = min(pause * factor, maximum)
        }
        guard jitter > 0 else { return pause }
        return max(.zero, min(pause * Double.random(in: (1 - jitter)...(1 + jitter), using: &random), maximum))
    }
}
