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
    private let programVersion: String
    let logger: Logger
    private var appServers: [CodexHome: AppServer] = [:]

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

    // MARK: App-servers

    func server(of state: CodexState) -> AppServer {
        if let server = appServers[state.home] { return server }
        // A folder that cannot be made is told of when the server is started.
        try? files.prepare()
        // Of a session that the npm tool made there is none but our own.
        let environment = files.serverEnvironment(state.home) ?? environment
        let server = AppServer(
            loop: loop, home: state.home, program: program(of: state, environment: environment), clientVersion: programVersion,
            logger: logger)
        appServers[state.home] = server
        return server
    }

    func program(of state: CodexState, environment: [String: String]) -> AppServerProgram {
        AppServerProgram(
            executable: state.executable, environment: environment, socket: files.socket(state.home), log: files.log(state.home))
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

    public func remove(_ spec: SessionSpec) async {
        files.remove(session: spec.id)
        guard let state = try? spec.agentState.decode(CodexState.self), let server = appServers[state.home] else { return }
        if await server.stopIfUnused() { files.removeServerEnvironment(state.home) }
    }

    public func servers() async -> [AgentServer] {
        var connected: [AgentServer] = []
        for server in appServers.values {
            guard let peer = await server.peer else { continue }
            connected.append(AgentServer(
                agent: kind, version: peer.version, processID: peer.process?.processID, socket: peer.socket,
                home: server.home.path, isOurs: peer.isOurs))
        }
        return connected
    }

    public func release(freeing: Bool) async {
        for server in appServers.values {
            if freeing { _ = await server.release() } else { await server.close() }
        }
        appServers.removeAll()
    }
}
