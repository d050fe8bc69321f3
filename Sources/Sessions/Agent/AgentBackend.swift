import JSON

/// Takes what an agent tells, on the supervisor's loop.
public typealias AgentEventHandler = @Sendable (AgentEvent) -> Void

/// Starts agents of one kind and finds them again. The supervisor knows agents by this alone.
public protocol AgentBackend: Sendable {
    var kind: AgentKind { get }

    /// Refuses what could not be started, before anything is made.
    func check(_ new: NewSession) async throws(SessionError)

    /// Whether something that we did not make already bears the name, where this agent's sessions live.
    func isTaken(_ id: String, _ new: NewSession) async -> Bool

    /// A name for a conversation that does not exist yet.
    func newConversation() -> String

    /// Checks a message before anything is written or typed.
    /// - Throws: ``SessionError`` `.undeliverable`, naming the character or word that cannot be delivered.
    func prepare(_ text: String, literal: Bool) throws(SessionError) -> PreparedMessage

    /// Starts an agent and returns when it takes messages. When it throws, nothing is left behind.
    func start(_ spec: SessionSpec, _ new: NewSession, events: @escaping AgentEventHandler) async throws(SessionError) -> any Agent

    /// Finds the agent of a session that an earlier supervisor started, or what it left: of one that has ended in the
    /// meantime it is told what it still did, and then that it is gone.
    /// - Parameters:
    ///   - turns: the turns that had not ended, with the messages that were typed for them.
    ///   - endedTurns: the agent's own names of the last turns that had.
    ///   - hooks: what the agent's hooks have told to nobody yet, oldest first.
    /// - Throws: ``SessionError`` `.exited` when there never was one, or nothing of it is left; anything else when that cannot be said.
    func resume(
        _ spec: SessionSpec, turns: [(turn: Turn, message: PreparedMessage?)], endedTurns: Set<String>, hooks: [JSON],
        events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent

    /// Starts an agent again whose predecessor has ended, in its place: in the same terminal, if that is still there,
    /// and with the same conversation.
    /// - Parameter fresh: with a new conversation instead, of which ``AgentEvent/conversationChanged(_:)`` tells.
    /// - Throws: ``SessionError``; what was started has then been ended. `.alreadyExists` when somebody else works on the
    ///   conversation: two agents on one would destroy it.
    func restart(_ spec: SessionSpec, fresh: Bool, events: @escaping AgentEventHandler) async throws(SessionError) -> any Agent

    /// Reads a conversation whose agent is gone.
    func conversation(of spec: SessionSpec) -> any ConversationReader

    /// What the process in a new pane is to become, if this backend is starting that session there.
    func launchPlan(session: String, process: Int32?) async -> LaunchPlan?

    /// Removes what is left of a session whose agent is gone.
    func remove(_ spec: SessionSpec) async throws(SessionError)

    /// Takes up a session that the npm tool made.
    /// - Returns: nil when no agent of that session runs here.
    func adopt(_ record: SessionRecord) async -> SessionSpec?

    /// Whether there still is anything of a session that the npm tool made; nil when that cannot be said.
    func isThere(_ record: SessionRecord) async -> Bool?

    /// Ends what is left of a session of the npm tool that could not be taken up.
    func removeForeign(_ record: SessionRecord) async throws(SessionError)

    /// Removes what sessions that are no more have left behind.
    func tidy() async

    /// The servers that are connected now.
    func servers() async -> [AgentServer]

    /// Lets go of everything; agents run on.
    /// - Parameter freeing: also ends what we run for them, so that other programs can take up their conversations.
    func release(freeing: Bool) async
}

extension AgentBackend {
    /// Most agents are processes of their own.
    public func servers() async -> [AgentServer] { [] }
    public func tidy() async {}
}

/// Reads what was said, from an agent's own record of the conversation.
public protocol ConversationReader: Sendable {
    /// The newest text blocks of the agent's, oldest first.
    /// - Parameter turn: only those of this turn.
    func lastMessages(count: Int, turn: Turn?) throws -> [String]
    func messages() throws -> [LogMessage]
}
