/// Tells when an agent that works shows no sign of life for too long: a pure value, to which time is handed.
public struct StallDetector: Sendable {
    private var mark: String?
    private var since: ContinuousClock.Instant?
    private var isReported = false

    public init() {}

    /// Takes up what the agent shows now.
    /// - Parameters:
    ///   - mark: changes with every sign of life; nil when it is not at work, or waits for somebody.
    ///   - timeout: nil does not look for stalls.
    /// - Returns: for how long there has been none, once for each stall.
    public mutating func observe(_ mark: String?, timeout: Duration?, now: ContinuousClock.Instant) -> Duration? {
        guard let mark, let timeout else {
            self = StallDetector()
            return nil
        }
        guard mark == self.mark, let since else {
            self.mark = mark
            since = now
            isReported = false
            return nil
        }
        guard !isReported, now - since >= timeout else { return nil }
        isReported = true
        return now - since
    }
}
