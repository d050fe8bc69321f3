import Testing

@testable import Supervision

/// Numbers that are the same in each run of a test.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

@Suite("Whether a child is started again")
struct ChildSupervisorTests {
    private var random = SeededRandom(seed: 1)
    private var child = ChildSupervisor()

    private static func policy(_ restart: RestartMode, _ change: (inout SupervisionPolicy) -> Void = { _ in }) -> SupervisionPolicy {
        var policy = SupervisionPolicy()
        policy.restart = restart
        policy.backoff.jitter = 0
        change(&policy)
        return policy
    }

    private static func isRestart(_ decision: ChildSupervisor.Decision) -> Bool {
        if case .restart = decision { true } else { false }
    }

    @Test("each policy, each end", arguments: [
        (.never, .failure, false), (.never, .normal, false), (.never, .unknown, false),
        (.onFailure, .failure, true), (.onFailure, .normal, false), (.onFailure, .unknown, true), (.onFailure, .deliberate, false),
        (.always, .failure, true), (.always, .normal, true), (.always, .unknown, true), (.always, .deliberate, false),
    ] as [(RestartMode, ChildSupervisor.Exit, Bool)])
    mutating func table(_ restart: RestartMode, _ exit: ChildSupervisor.Exit, _ isRestarted: Bool) {
        child.started(now: 0)
        let decision = child.exited(exit, Self.policy(restart), now: 1000, using: &random)
        #expect(decision == (isRestarted ? .restart(after: .seconds(1)) : .leave))
    }

    @Test("the pauses grow, and begin anew after a healthy period")
    mutating func pauses() {
        let policy = Self.policy(.always) { $0.maximumRestarts = 100 }
        var now: Int64 = 0
        func seconds(_ decision: ChildSupervisor.Decision) -> Double? {
            if case .restart(let pause) = decision { pause / .seconds(1) } else { nil }
        }
        var pauses: [Double?] = []
        for _ in 1...8 {
            child.started(now: now)
            now += 1000
            pauses.append(seconds(child.exited(.failure, policy, now: now, using: &random)))
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60])
        child.started(now: now)
        now += 300_000
        #expect(seconds(child.exited(.failure, policy, now: now, using: &random)) == 1)
    }

    @Test("too many within the window are too many, and by hand all begins anew")
    mutating func intensity() {
        let policy = Self.policy(.onFailure) { $0.maximumRestarts = 2 }
        for now in [0, 1000] as [Int64] {
            #expect(Self.isRestart(child.exited(.failure, policy, now: now, using: &random)))
        }
        #expect(child.exited(.failure, policy, now: 2000, using: &random) == .giveUp(reason: "it was started again 2 times within 10m"))
        child.startedByHand(now: 3000)
        #expect(Self.isRestart(child.exited(.failure, policy, now: 4000, using: &random)))
    }

    @Test("in any history, no window has more restarts than allowed, and no pause is longer than allowed", arguments: 0..<200 as Range<UInt64>)
    mutating func histories(_ seed: UInt64) throws {
        var chance = SeededRandom(seed: seed)
        var policy = SupervisionPolicy()
        policy.restart = RestartMode.allCases.randomElement(using: &chance)!
        policy.maximumRestarts = .random(in: 0...6, using: &chance)
        policy.restartWindow = .seconds(.random(in: 0...600, using: &chance))
        policy.backoff = Backoff(
            initial: .milliseconds(.random(in: 0...5000, using: &chance)), factor: .random(in: 1...4, using: &chance),
            maximum: .seconds(.random(in: 1...60, using: &chance)), jitter: .random(in: 0...1, using: &chance))
        let window = Int64(policy.restartWindow / .milliseconds(1))
        var now: Int64 = 1_000_000_000
        var restarts: [Int64] = []
        var isSetBack = false
        for _ in 0..<300 {
            switch Int.random(in: 0..<20, using: &chance) {
            case 0:
                child.startedByHand(now: now)
                restarts = []
            case 1:
                // The clock is set back: what is counted is counted from there.
                now -= .random(in: 0...1_000_000, using: &chance)
                isSetBack = true
                restarts = restarts.map { min($0, now) }
            default:
                child.started(now: now)
                now += .random(in: 0...400_000, using: &chance)
                let exit: ChildSupervisor.Exit = [.normal, .failure, .unknown, .deliberate].randomElement(using: &chance)!
                let decision = child.exited(exit, policy, now: now, using: &chance)
                restarts = restarts.filter { now - $0 < window }
                switch decision {
                case .leave:
                    #expect(exit == .deliberate || policy.restart == .never || policy.restart == .onFailure && exit == .normal)
                case .restart(let pause):
                    #expect(restarts.count < policy.maximumRestarts, "seed \(seed)")
                    #expect(pause >= .zero && pause <= policy.backoff.maximum, "seed \(seed)")
                    restarts.append(now)
                    now += Int64(pause / .milliseconds(1))
                case .giveUp:
                    // What seemed to lie in the future counts from when it was looked at.
                    #expect(isSetBack || restarts.count >= policy.maximumRestarts, "seed \(seed)")
                }
            }
        }
    }
}
