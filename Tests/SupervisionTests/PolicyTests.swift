import Testing

@testable import Supervision

@Suite("Policies")
struct PolicyTests {
    @Test("by default nothing is done unasked")
    func defaults() {
        let policy = PolicySettings().policy
        #expect(policy.restart == .never)
        #expect(policy.onInterruptedTurn == .report)
        #expect(policy.turnRetries == 0)
        #expect(policy.stallTimeout == nil)
        #expect(policy.onStall == .report)
    }

    @Test("what is said later counts, and leaves the rest as it was")
    func layers() {
        var defaults = PolicySettings()
        defaults.restart = .always
        defaults.stallTimeout = 60
        defaults.maximumRestarts = 3
        var session = PolicySettings()
        session.restart = .onFailure
        session.stallTimeout = 0
        let policy = session.over(defaults).policy
        #expect(policy.restart == .onFailure)
        #expect(policy.stallTimeout == nil)
        #expect(policy.maximumRestarts == 3)
        #expect(session.over(PolicySettings()) == session)
        #expect(PolicySettings().over(defaults) == defaults)
    }

    @Test("what cannot be is named")
    func problems() {
        var settings = PolicySettings()
        #expect(settings.problem == nil)
        settings.maximumRestarts = -1
        #expect(settings.problem == "the number of restarts cannot be negative")
        settings = PolicySettings()
        settings.stallTimeout = .infinity
        #expect(settings.problem == "the stall timeout must be between 0 and 365 days")
    }

    @Test("durations are read as people write them, and written so that they are read again", arguments: [
        ("90", 90, "1m30s"), ("90s", 90, "1m30s"), ("1.5h", 5400, "1h30m"), ("1h30m", 5400, "1h30m"), ("7d", 604_800, "7d"),
        ("0", 0, "0s"), ("0.25s", 0.25, "0.25s"),
    ] as [(String, Double, String)])
    func durations(_ text: String, _ seconds: Double, _ again: String) {
        #expect(Duration(text: text) == .seconds(seconds))
        #expect(Duration.seconds(seconds).text == again)
        #expect(Duration(text: again) == .seconds(seconds))
    }

    @Test("what is no duration is refused", arguments: ["", "s", "-1", "1x", "1h-30m", "h1", "1.2.3s", "inf", "1e9"])
    func noDurations(_ text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test("a stall is told once, and anew after a sign of life")
    func stalls() {
        var detector = StallDetector()
        let start = ContinuousClock.now
        func observe(_ mark: String?, at seconds: Int) -> Duration? {
            detector.observe(mark, timeout: .seconds(10), now: start + .seconds(seconds))
        }
        #expect(observe("a", at: 0) == nil)
        #expect(observe("a", at: 9) == nil)
        #expect(observe("a", at: 10) == .seconds(10))
        #expect(observe("a", at: 20) == nil)
        #expect(observe("b", at: 21) == nil)
        #expect(observe("b", at: 31) == .seconds(10))
        // At rest there is none.
        #expect(observe(nil, at: 40) == nil)
        #expect(observe("b", at: 60) == nil)
        #expect(observe("b", at: 70) == .seconds(10))
        #expect(detector.observe("b", timeout: nil, now: start + .seconds(99)) == nil)
    }

    @Test("pauses grow to their limit and stay within their bounds", arguments: [0, 0.2, 1] as [Double])
    func backoff(_ jitter: Double) {
        var random = SeededRandom(seed: 7)
        let backoff = Backoff(initial: .seconds(1), factor: 2, maximum: .seconds(60), jitter: jitter)
        for attempt in 0..<100 {
            let middle = min(60, Double(1 << min(attempt, 6)))
            for _ in 0..<20 {
                let pause = backoff.pause(before: attempt, using: &random) / .seconds(1)
                #expect(pause >= middle * (1 - jitter) - 0.001 && pause <= min(60, middle * (1 + jitter)) + 0.001)
            }
        }
        #expect(Backoff(initial: .zero, factor: 2, maximum: .seconds(1), jitter: 0).pause(before: 1000, using: &random) == .zero)
    }
}
