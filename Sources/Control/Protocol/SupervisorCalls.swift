import Sessions

public struct SupervisorStatusCall: ControlCall {
    public static let method = "supervisor.status"
    public typealias Result = SupervisorStatus

    public init() {}
}

/// Ends the supervisor; sessions go on without it.
public struct SupervisorStopCall: ControlCall {
    public static let method = "supervisor.stop"
    public typealias Result = Done
    /// Also end what we run for the agents, so that other programs can take up their conversations.
    public var release: Bool?

    public init(release: Bool? = nil) {
        self.release = release
    }
}
