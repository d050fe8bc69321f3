/// Decides whether a child that has ended is started again, and when: a pure value, to which time and chance are handed.
///
/// It is kept with its session, so that a supervisor that is itself started again goes on counting. Times are
/// milliseconds since 1970: a clock that was set back neither hides a restart nor makes one wait for longer than its
/// pause.
public struct ChildSupervisor: Codable, Sendable, Hashable {
    public enum Exit: Sendable, Hashable {
        case normal
        case failure
        /// Nobody can tell, for example after the machine was started anew.
        case unknown
        /// Somebody ended it on purpose.
        case deliberate
    }

    public enum Decision: Sendable, Hashable {
        /// It stays ended, as its policy has it.
        case leave
        /// To be started again, and then told by ``started(now:)`` or ``exited(_:_:now:using:)``.
        case restart(after: Duration)
        /// It has been started again too often.
        case giveUp(reason: String)
    }

    /// When it was started again by policy, as far back as counts. A failed attempt counts as well.
    private(set) var restarts: [Int64] = []
    /// How many attempts there have been since it was last healthy.
    private(set) var attempts = 0
    /// Since when it has run; nil while it does not.
    private(set) var runningSince: Int64?

    public init() {}

    /// It runs.
    public mutating func started(now: Int64) {
        runningSince = now
    }

    /// Somebody has started it by hand: what was before does not count any more.
    public mutating func startedByHand(now: Int64) {
        self = ChildSupervisor()
        runningSince = now
    }

    /// It has ended, or could not be started.
    public mutating func exited(
        _ exit: Exit, _ policy: SupervisionPolicy, now: Int64, using random: inout some RandomNumberGenerator
    ) -> Decision {
        let healthy = Int64(policy.healthyAfter / .milliseconds(1))
        if let runningSince, now - runningSince >= healthy { attempts = 0 }
        runningSince = nil
        switch (policy.restart, exit) {
        case (_, .deliberate), (.never, _), (.onFailure, .normal): return .leave
        case (.onFailure, _), (.always, _): break
        }
        let window = Int64(policy.restartWindow / .milliseconds(1))
        // What seems to lie in the future was before the clock was set back.
        restarts = restarts.map { min($0, now) }.filter { now - $0 < window }
        guard restarts.count < policy.maximumRestarts else {
            return .giveUp(reason: "it was started again \(policy.maximumRestarts) times within \(policy.restartWindow.text)")
        }
        let pause = policy.backoff.pause(before: attempts, using: &random)
        attempts += 1
        restarts.append(now)
        return .restart(after: pause)
    }
}
