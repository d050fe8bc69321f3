/// What an event tells of. May grow: a reader passes over what it does not know.
public struct EventKind: RawRepresentable, Codable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    public static let sessionCreated = EventKind(rawValue: "session.created")
    /// The agent is gone; the conversation is kept.
    public static let sessionExited = EventKind(rawValue: "session.exited")
    /// Ended on demand, with all that stood for it.
    public static let sessionKilled = EventKind(rawValue: "session.killed")
    /// The agent was started again, in its place.
    public static let sessionRestarted = EventKind(rawValue: "session.restarted")
    /// The agent writes to another transcript from now on.
    public static let conversationChanged = EventKind(rawValue: "session.conversation-changed")

    public static let turnQueued = EventKind(rawValue: "turn.queued")
    public static let turnDelivering = EventKind(rawValue: "turn.delivering")
    /// The agent has the message, behind a turn that still runs.
    public static let turnDelivered = EventKind(rawValue: "turn.delivered")
    public static let turnStarted = EventKind(rawValue: "turn.started")
    /// Its state says how.
    public static let turnEnded = EventKind(rawValue: "turn.ended")

    public static let inputNeeded = EventKind(rawValue: "input.needed")
    /// Answered, by whomever, or no longer asked.
    public static let inputSettled = EventKind(rawValue: "input.settled")

    public var description: String { rawValue }
}
