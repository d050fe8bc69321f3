import Testing

@testable import CodexAppServer

@Suite("When a server that has ended is started again")
struct ReconnectionBackoffTests {
    private var backoff = ReconnectionBackoff()
    private var now = ContinuousClock.now

    /// - Returns: how long to wait, which is then over.
    private mutating func next() -> Duration? {
        let pause = backoff.next(now: now)
        now += pause ?? .zero
        return pause
    }

    @Test("at once, then twice as late each time, six times in all")
    mutating func pauses() {
        var pauses: [Duration?] = []
        for _ in 1...7 { pauses.append(next()) }
        #expect(pauses == [.zero, .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), nil])
    }

    @Test("one that has held for a minute is started at once again, one that has not is not")
    mutating func healthy() {
        for _ in 1...4 { _ = next() }
        now += .seconds(59)
        #expect(next() == .seconds(2))
        now += .seconds(61)
        #expect(next() == .zero)
    }

    @Test("after it was given up, the next use begins anew")
    mutating func anew() {
        for _ in 1...7 { _ = next() }
        #expect(next() == .zero)
        #expect(next() == .milliseconds(250))
    }
}
