import CodexAppServer
import EventLoop
import JSON
import Logging

/// Starts threads in Codex's app-server and finds them again: one server, and one connection, for each ``CodexHome``.
public actor CodexBackend: AgentBackend {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated var kind: AgentKind { .codex }

    let files: CodexFiles
    /// The supervisor's own: sessions that the npm tool made are looked for where this leads.
    let environment: [String: String]
    let programVersion: String
    let logger: Logger
    var appServers: [CodexHome: AppServer] = [:]
    /// Our servers that are ended as soon as nobody uses them.
    var endings: [CodexHome: Task<Void, Never>] = [:]

    public init(loop: EventLoop, stateDirectory: String, environment: [String: String], programVersion: String, logger: Logger) {
        self.loop = loop
        files = CodexFiles(stateDirectory: stateDirectory)
        self.environment = environment
        self.programVersion = programVersion
        self.logger = logger
    }

    /// Until its thread has been started.
    public nonisolated func newConversation() -> String { "" }

    // MARK: Checking

    public func check(_ new: NewSession) throws(SessionError) {
        _ = try CodexSettings(new)
        _ = try Self.executable(new.environment)
    }

    static func executable(_ environment: [String: String]) throws(SessionError) -> String {
        let path = environment["PATH"] ?? ""
        guard let executable = System.findExecutable("codex", path: path) else {
            throw SessionError(.startFailed, "`codex` was not found on your PATH (\(path)). Install Codex, or put its folder on the PATH.")
        }
        return executable
    }

    public func isTaken(_ id: String, _ new: NewSession) -> Bool { false }

    public nonisolated func prepare(_ text: String, literal: Bool) throws(SessionError) -> PreparedMessage {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw SessionError(.undeliverable, "The message is empty.")
        }
        let length = text.unicodeScalars.count
        guard length <= TurnStart.maximumCharacters else {
            throw SessionError(.undeliverable, "The message has \(length) characters; Codex takes \(TurnStart.maximumCharacters) at most. Put it into a file, and send its path.")
        }
        return PreparedMessage(text: text, command: nil, normalizations: [])
    }

    // MARK: Finding again

    public func resume(
        _ spec: SessionSpec, turns: [(turn: Turn, message: PreparedMessage?)], endedTurns: Set<String>, hooks: [JSON],
        events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        guard let state = try? spec.agentState.decode(CodexState.self) else {
            if spec.agentState == .null { throw SessionError(.exited, "it was being created when the supervisor ended") }
            throw SessionError(.storage, "what the journal tells of its thread cannot be read")
        }
        guard let thread = state.thread else { throw SessionError(.exited, "it was being created when the supervisor ended") }
        let agent = agent(of: spec, state, thread: thread, events)
        await agent.follow()
        await agent.expect(turns.map(\.turn), endedTurns: endedTurns)
        await agent.takeUp(isInUse: !turns.isEmpty)
        return agent
    }

    public nonisolated func conversation(of spec: SessionSpec) -> any ConversationReader {
        let state = try? spec.agentState.decode(CodexState.self)
        return CodexConversation(rollout: state?.rollout, home: state?.home, thread: spec.conversation)
    }

    public func launchPlan(session: String, process: Int32?) -> LaunchPlan? { nil }
}
