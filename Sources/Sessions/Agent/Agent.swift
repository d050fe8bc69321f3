import EventLoop
import Transcripts
import JSON

/// A running agent as its session sees it. An agent is an actor on the supervisor's loop; it tells what happens
/// through the handler it was started with, synchronously and in order.
public protocol Agent: Actor {
    /// Hands a message to an idle agent and returns when the agent is known to have it; ``AgentEvent/delivered(turn:agentTurn:altered:)`` has been told before.
    func deliver(_ message: PreparedMessage, turn: Int64) async throws(DeliveryFailure)

    /// Where the agent's record of the conversation ends now: what a turn that is about to be delivered causes comes later.
    func position() -> TranscriptPosition?

    /// Finds out whether the agent already has the message of a turn whose delivery was cut off.
    func hasReceived(_ message: PreparedMessage, turn: Int64, since: TranscriptPosition?) async -> DeliveryDoubt

    /// Stops the running turn; returns when the agent is idle and its input box empty.
    /// - Returns: false when there was nothing to stop.
    @discardableResult
    func interrupt() async throws(SessionError) -> Bool

    /// Answers what the agent waits for.
    func respond(to request: PendingInput, _ response: InputResponse) throws(SessionError)

    /// Takes a hook's payload and returns what the hook is to print; for a request that somebody has to decide, when that has happened.
    func hook(_ payload: JSON) async -> JSON?

    /// The agent has called its editor, which runs in this process.
    func editor(process: Int32?) -> EditorAnswer

    /// Ends the agent, and keeps its place for a successor. ``AgentEvent/exited(_:)`` may be told before it returns.
    func stop() async throws(SessionError)

    /// Ends the agent and everything that stands for it.
    func kill() async throws(SessionError)

    /// Stops watching; the agent goes on.
    func release() async

    func report() async -> AgentReport

    /// The program, with its arguments, that shows the agent's terminal to a person.
    func attachCommand() async throws(SessionError) -> [String]
}

/// A message as it will be typed.
public struct PreparedMessage: Sendable, Hashable {
    /// What the model is to receive.
    public let text: String
    /// A command of the agent's own instead of text for the model, by its name without the slash.
    public let command: String?
    /// What was changed, in words for the user.
    public let normalizations: [String]

    public init(text: String, command: String?, normalizations: [String]) {
        self.text = text
        self.command = command
        self.normalizations = normalizations
    }
}

/// Why a message did not arrive.
public enum DeliveryFailure: Error, Sendable {
    /// Nothing was submitted; it may be tried again when the agent is idle.
    case busy(String)
    /// Nothing was submitted, and trying again will not help.
    case refused(String)
    /// It may or may not have been submitted.
    case doubtful(String)
    /// The agent is gone, and nothing was submitted.
    case exited(String)
}

/// What is known of a delivery that was cut off.
public enum DeliveryDoubt: Sendable, Hashable {
    case received(agentTurn: String?)
    case notReceived
    case unknown(String)
}

/// A turn as the agent tells of it.
public struct AgentTurn: Sendable, Hashable {
    /// The agent's own name for it.
    public let id: String
    public let origin: TurnOrigin
    public let text: String

    public init(id: String, origin: TurnOrigin, text: String) {
        self.id = id
        self.origin = origin
        self.text = text
    }
}

/// How a turn ended, in the agent's terms.
public struct AgentTurnEnd: Sendable, Hashable {
    /// Final.
    public let state: TurnState
    public let reason: String?

    public init(state: TurnState, reason: String?) {
        self.state = state
        self.reason = reason
    }
}

public enum AgentEvent: Sendable {
    /// The agent runs but does not take messages yet; its hooks may already speak.
    case began(any Agent)
    /// The message of one of the session's turns reached the agent. Without `agentTurn`, it waits behind a turn that still runs.
    case delivered(turn: Int64, agentTurn: String?, altered: Bool)
    /// A turn began that the session did not send.
    case turnStarted(AgentTurn)
    /// The turn waits for its background agents only; the agent takes other messages meanwhile.
    case turnInBackground(agentTurn: String)
    case turnEnded(agentTurn: String, AgentTurnEnd)
    /// A command of the agent's own, sent as this turn, is done.
    case commandEnded(turn: Int64, AgentTurnEnd)
    /// Something was said, by the user or by the agent.
    case said(LogMessage)
    case inputNeeded(PendingInput)
    case inputSettled(request: String)
    /// The agent became able to take a message.
    case idle
    /// The conversation has a new name (and transcript).
    case conversationChanged(String)
    /// Fields of the npm tool's record that only this kind of agent has, with their new values.
    case recordChanged(JSON.Object)
    /// The goal that the agent works towards has another status, or is another one; nil when it was cleared.
    case goalChanged(SessionGoal?)
    /// What the backend keeps has changed.
    case stateChanged(JSON)
    case exited(AgentExit)
}

/// What an agent knows of itself.
public struct AgentReport: Sendable {
    public var state: SessionState
    public var source: FactSource
    public var version: String?
    public var processID: Int32?
    public var hooks: Bool
    public var transcript: String?
    /// What is wrong with it, until its next turn.
    public var problem: String?

    public init(
        state: SessionState, source: FactSource, version: String?, processID: Int32?, hooks: Bool, transcript: String?,
        problem: String? = nil
    ) {
        self.state = state
        self.source = source
        self.version = version
        self.processID = processID
        self.hooks = hooks
        self.transcript = transcript
        self.problem = problem
    }
}
