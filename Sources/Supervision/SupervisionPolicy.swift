/// How a session's agent is kept at work: when it is started again, and what becomes of a turn that did not go well.
///
/// By default nothing is done that costs money or repeats work without somebody's having asked for it.
public struct SupervisionPolicy: Sendable, Hashable {
    public var restart = RestartMode.never
    /// More restarts than this within ``restartWindow`` are not tried: the session has failed.
    public var maximumRestarts = 5
    public var restartWindow = Duration.seconds(600)
    public var backoff = Backoff(initial: .seconds(1), factor: 2, maximum: .seconds(60), jitter: 0.2)
    /// An agent that has run for so long is healthy: the pauses begin anew.
    public var healthyAfter = Duration.seconds(300)
    public var onInterruptedTurn = InterruptedTurnAction.report

    /// How often a turn that failed for a passing reason is tried again.
    public var turnRetries = 0
    public var retryBackoff = Backoff(initial: .seconds(10), factor: 2, maximum: .seconds(600), jitter: 0.2)

    /// Nil does not look for stalls.
    public var stallTimeout: Duration?
    public var onStall = StallAction.report

    public init() {}
}
