/// What somebody has said of a policy; what is nil is left to whoever has said less.
public struct PolicySettings: Codable, Sendable, Hashable {
    public var restart: RestartMode?
    public var maximumRestarts: Int?
    /// In seconds, as all durations here.
    public var restartWindow: Double?
    public var backoffInitial: Double?
    public var backoffMaximum: Double?
    public var healthyAfter: Double?
    public var onInterruptedTurn: InterruptedTurnAction?
    public var turnRetries: Int?
    public var retryInitial: Double?
    public var retryMaximum: Double?
    /// 0 does not look for stalls.
    public var stallTimeout: Double?
    public var onStall: StallAction?

    public init() {}

    public var isEmpty: Bool { self == PolicySettings() }

    /// These, and where they say nothing, the others.
    public func over(_ others: PolicySettings) -> PolicySettings {
        var settings = self
        settings.restart = restart ?? others.restart
        settings.maximumRestarts = maximumRestarts ?? others.maximumRestarts
        settings.restartWindow = restartWindow ?? others.restartWindow
        settings.backoffInitial = backoffInitial ?? others.backoffInitial
        settings.backoffMaximum = backoffMaximum ?? others.backoffMaximum
        settings.healthyAfter = healthyAfter ?? others.healthyAfter
        settings.onInterruptedTurn = onInterruptedTurn ?? others.onInterruptedTurn
        settings.turnRetries = turnRetries ?? others.turnRetries
        settings.retryInitial = retryInitial ?? others.retryInitial
        settings.retryMaximum = retryMaximum ?? others.retryMaximum
        settings.stallTimeout = stallTimeout ?? others.stallTimeout
        settings.onStall = onStall ?? others.onStall
        return settings
    }

    /// A policy in which everything else is as by default.
    public var policy: SupervisionPolicy {
        var policy = SupervisionPolicy()
        if let restart { policy.restart = restart }
        if let maximumRestarts { policy.maximumRestarts = maximumRestarts }
        if let restartWindow { policy.restartWindow = .seconds(restartWindow) }
        if let backoffInitial { policy.backoff.initial = .seconds(backoffInitial) }
        if let backoffMaximum { policy.backoff.maximum = .seconds(backoffMaximum) }
        if let healthyAfter { policy.healthyAfter = .seconds(healthyAfter) }
        if let onInterruptedTurn { policy.onInterruptedTurn = onInterruptedTurn }
        if let turnRetries { policy.turnRetries = turnRetries }
        if let retryInitial { policy.retryBackoff.initial = .seconds(retryInitial) }
        if let retryMaximum { policy.retryBackoff.maximum = .seconds(retryMaximum) }
        if let stallTimeout { policy.stallTimeout = stallTimeout > 0 ? .seconds(stallTimeout) : nil }
        if let onStall { policy.onStall = onStall }
        return policy
    }

    /// What is wrong with them, in words that name the setting; nil when nothing is.
    public var problem: String? {
        if let maximumRestarts, maximumRestarts < 0 { return "the number of restarts cannot be negative" }
        if let turnRetries, turnRetries < 0 { return "the number of retries cannot be negative" }
        for (name, value) in [
            ("restart window", restartWindow), ("first pause between restarts", backoffInitial),
            ("longest pause between restarts", backoffMaximum), ("healthy period", healthyAfter),
            ("first pause between retries", retryInitial), ("longest pause between retries", retryMaximum), ("stall timeout", stallTimeout),
        ] {
            guard let value else { continue }
            guard value.isFinite, value >= 0, value <= 31_536_000 else { return "the \(name) must be between 0 and 365 days" }
        }
        return nil
    }
}
