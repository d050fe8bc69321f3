import EventLoop
import Foundation
import JSON
import Logging
import Tmux

/// Starts Claude Code in tmux and finds it again: one tmux client for each tmux server, a pane for each session.
public actor ClaudeBackend: AgentBackend {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated var kind: AgentKind { .claude }

    /// Where our own program and files are.
    public struct Installation: Sendable {
        /// `dev-sessions` itself: panes run `launch` and the keeper session runs `keep`.
        public let executable: String
        public let stateDirectory: String
        /// The shim that hooks run.
        public let hookShim: String
        /// What agents run as their editor.
        public let editorShim: String
        /// The supervisor's own environment: sessions that the npm tool made are looked for where this leads.
        public let environment: [String: String]

        public init(executable: String, stateDirectory: String, hookShim: String, editorShim: String, environment: [String: String]) {
            self.executable = executable
            self.stateDirectory = stateDirectory
            self.hookShim = hookShim
            self.editorShim = editorShim
            self.environment = environment
        }
    }

    let installation: Installation
    let logger: Logger
    private var servers: [TmuxLocation: TmuxServer] = [:]
    /// What the processes in new panes are to become.
    var launches: [String: Launch] = [:]

    struct Launch {
        let plan: LaunchPlan
        var process: Int32?
    }

    public init(loop: EventLoop, installation: Installation, logger: Logger) {
        self.loop = loop
        self.installation = installation
        self.logger = logger
    }

    static func tmuxSession(_ id: String) -> String { "dev-" + id }

    public nonisolated func newConversation() -> String { UUID().uuidString.lowercased() }

    // MARK: Checking

    public func check(_ new: NewSession) throws(SessionError) {
        guard new.approvalPolicy == nil, new.sandbox == nil else {
            throw SessionError(.invalid, "\(new.approvalPolicy == nil ? "--sandbox" : "--approval-policy") is Codex's; use --permission-mode with claude.")
        }
        switch new.mode {
        case "native": break
        default: throw SessionError(.invalid, "The mode \"\(new.mode)\" is not available; use native.")
        }
        let path = new.environment["PATH"] ?? ""
        _ = try Self.executable(new.environment)
        guard System.findExecutable("tmux", path: path) != nil else {
            throw SessionError(.startFailed, "`tmux` was not found on your PATH (\(path)). Install tmux 3.2 or later.")
        }
    }

    public func isTaken(_ id: String, _ new: NewSession) async -> Bool {
        guard let server = try? server(environment: new.environment) else { return false }
        return (try? await server.hasSession(Self.tmuxSession(id))) ?? false
    }

    public nonisolated func prepare(_ text: String, literal: Bool) throws(SessionError) -> PreparedMessage {
        try ClaudePrompt.prepare(text, literal: literal)
    }

    // MARK: Finding again

    public func resume(
        _ spec: SessionSpec, turns: [(turn: Turn, message: PreparedMessage?)], endedTurns: Set<String>, hooks: [JSON],
        events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        guard var state = try? spec.agentState.decode(ClaudeState.self) else {
            // It was written before anything was started.
            if spec.agentState == .null { throw SessionError(.exited, "it was being created when the supervisor ended") }
            throw SessionError(.storage, "what the journal tells of its process cannot be read")
        }
        if state.isRestarting { await takeUpRestart(&state) }
        guard let pane = state.pane, let process = state.process else {
            await cleanUp(spec.id, at: state.tmux, environment: state.tmuxEnvironment)
            throw SessionError(.exited, "it was being created when the supervisor ended")
        }
        do {
            let server = try server(at: state.tmux, environment: state.tmuxEnvironment)
            if process.isAlive, try await server.pane(pane.id)?.identity != pane, process.isAlive {
                // Without its terminal nobody can use it, and a second one on its conversation must not be possible.
                try? System.kill(process.processID, Signal.terminate)
                throw SessionError(.exited, "its tmux pane is gone")
            }
            // What was typed may have left its traces before the last turn that ended.
            if let first = turns.compactMap(\.turn.transcript).min(by: { $0.offset < $1.offset }),
               first.path == state.transcript {
                state.position = first
            }
            let agent = ClaudeAgent(
                loop: loop, session: spec.id, conversation: spec.conversation, state: state, process: process, pane: pane,
                tmux: server, editorMark: editorMark(spec.id), logger: logger, events: events)
            await agent.expect(turns, endedTurns: endedTurns)
            // Hooks come first: they are facts about what happened before anything is decided.
            for hook in hooks { await agent.takeUp(hook) }
            try await agent.watch()
            return agent
        } catch {
            throw error as? SessionError ?? SessionError(.storage, "\(error)")
        }
    }

    public nonisolated func conversation(of spec: SessionSpec) -> any ConversationReader {
        let state = try? spec.agentState.decode(ClaudeState.self)
        return ClaudeConversationReader(transcript: state?.transcript ?? "")
    }

    public func remove(_ spec: SessionSpec) async throws(SessionError) {
        ClaudeFiles(stateDirectory: installation.stateDirectory, session: spec.id).remove()
        guard let state = try? spec.agentState.decode(ClaudeState.self) else { return }
        do {
            try await server(at: state.tmux, environment: state.tmuxEnvironment).killSession(Self.tmuxSession(spec.id))
        } catch {
            throw SessionError(.startFailed, "The tmux session of \(spec.id) could not be removed: \(error)")
        }
    }

    public func release(freeing: Bool) async {
        for server in servers.values { await server.closeAndStopServerIfUnused() }
        servers.removeAll()
    }

    // MARK: tmux

    /// What decides which tmux server a client reaches and how that runs.
    static let tmuxVariables: Set<String> = [
        "HOME", "PATH", "TMUX_TMPDIR", "SHELL", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME",
    ]

    static func location(_ environment: [String: String]) throws(SessionError) -> TmuxLocation {
        guard let executable = System.findExecutable("tmux", path: environment["PATH"] ?? "") else {
            throw SessionError(.startFailed, "`tmux` was not found on your PATH. Install tmux 3.2 or later.")
        }
        return TmuxLocation(temporaryDirectory: environment["TMUX_TMPDIR"], executable: executable)
    }

    func server(environment: [String: String]) throws(SessionError) -> TmuxServer {
        try server(at: Self.location(environment), environment: environment.filter { Self.tmuxVariables.contains($0.key) })
    }

    func server(at location: TmuxLocation, environment: [String: String]) throws(SessionError) -> TmuxServer {
        if let server = servers[location] { return server }
        let server = TmuxServer(
            on: loop, location: location, environment: environment, keeper: [installation.executable, "keep"])
        servers[location] = server
        return server
    }
}
