import Sessions

/// Shows, sets, changes or clears what a session works towards.
public struct GoalCall: ControlCall {
    public static let method = "goal"
    public typealias Result = GoalResult
    public var session: String
    public var change: GoalChange

    public init(session: String, change: GoalChange) {
        self.session = session
        self.change = change
    }
}

/// Waits until a session no longer works towards its goal.
public struct GoalWaitCall: ControlCall {
    public static let method = "goal.wait"
    public typealias Result = Session.GoalOutcome
    public var session: String
    public var timeoutMilliseconds: Int64

    public init(session: String, timeoutMilliseconds: Int64) {
        self.session = session
        self.timeoutMilliseconds = timeoutMilliseconds
    }
}
