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

    // MARK: Starting

    public func start(
        _ spec: SessionSpec, _ new: NewSession, events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        let settings = try CodexSettings(new)
        guard let home = CodexHome(environment: new.environment) else {
            throw SessionError(.startFailed, "HOME is not set, so there is no place for Codex's files. Set HOME or CODEX_HOME.")
        }
        var state = CodexState(home: home, executable: try Self.executable(new.environment))
        events(.stateChanged(encoded(state)))
        do {
            try files.prepare()
            // A server that is started later gets the newest environment: keys change. But a session's commands may
            // have been denied them.
            let known = spec.parent == nil ? nil : files.serverEnvironment(home)
            let environment = known ?? CodexEnvironment.forServer(caller: new.environment)
            try files.write(serverEnvironment: environment, home)
            let server = server(of: state)
            await server.use(program(of: state, environment: environment))
            let policy = CodexEnvironment.Policy(config: try await configuration(of: server, in: spec.path), given: settings.config)
            state.environmentPolicy = policy
            let commands = CodexEnvironment.forCommands(caller: new.environment, session: spec.id, policy: policy)
            try files.write(environment: commands, of: spec.id)
            let config = CodexEnvironment.settings(commands, policy: policy, given: settings.config)
            let opened = try await server.call(ThreadStart(
                cwd: spec.path, model: spec.model, approvalPolicy: settings.approvalPolicy, sandbox: settings.sandbox, config: config))
            state.thread = opened.thread.id
            state.rollout = opened.thread.path
            events(.stateChanged(encoded(state)))
            events(.conversationChanged(opened.thread.id))
            let agent = CodexAgent(
                loop: loop, session: spec.id, thread: opened.thread.id, state: state, config: config, server: server,
                isLoaded: true, logger: logger, events: events)
            await agent.follow()
            events(.began(agent))
            // Without a name it would be lost with the server until its first turn, and nobody could attach to it.
            _ = try await server.callIfConnected(ThreadNameSet(threadId: opened.thread.id, name: "dev-" + spec.id))
            return agent
        } catch {
            files.remove(session: spec.id)
            throw error as? SessionError ?? SessionError(.startFailed, "Codex could not be started for \(spec.id): \((error as? CodexError)?.reason ?? "\(error)")")
        }
    }

    private func encoded(_ state: CodexState) -> JSON { (try? JSON.encode(state)) ?? .null }

    /// Nil when this version of Codex does not tell.
    private func configuration(of server: AppServer, in folder: String) async throws(CodexError) -> JSON? {
        do throws(CodexError) {
            return try await server.call(ConfigRead(cwd: folder)).config
        } catch {
            guard error.code == .rejected else { throw error }
            return nil
        }
    }

    private func server(of state: CodexState) -> AppServer {
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

    private func program(of state: CodexState, environment: [String: String]) -> AppServerProgram {
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
        let commands = files.environment(of: spec.id) ?? [:]
        let server = server(of: state)
        let given = (try? CodexSettings.config(from: spec.agentArguments)) ?? [:]
        let config = CodexEnvironment.settings(commands, policy: state.environmentPolicy ?? .users, given: given)
        let agent = CodexAgent(
            loop: loop, session: spec.id, thread: thread, state: state, config: config, server: server,
            isLoaded: false, logger: logger, events: events)
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
