import EventLoop
import JSON
import Tmux

extension ClaudeBackend {
    public func start(
        _ spec: SessionSpec, _ new: NewSession, events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        let executable = try Self.executable(new.environment)
        let workingDirectory = System.realPath(spec.path) ?? spec.path
        let home = ClaudeHome(environment: new.environment)
        let environment = agentEnvironment(caller: new.environment, of: spec)
        let location = try Self.location(new.environment)
        var state = ClaudeState(
            home: home, workingDirectory: workingDirectory, tmux: location, tmuxEnvironment: new.environment.filter { Self.tmuxVariables.contains($0.key) },
            executable: executable, usesEditor: editor != nil,
            transcript: home.transcript(conversation: spec.conversation, workingDirectory: workingDirectory))
        do {
            let plan = try launchPlan(of: spec, .new(spec.conversation), state, environment)
            // From here on a crash leaves a pane that the next supervisor must find.
            events(.stateChanged(try JSON.encode(state)))
            launches[spec.id] = Launch(plan: plan)
            defer { launches[spec.id] = nil }
            let server = try server(at: location, environment: state.tmuxEnvironment)
            let pane = try await createPane(for: spec, in: server)
            let agent = try began(spec, spec.conversation, in: pane, of: server, &state, events)
            try await agent.becomeReady(start(spec, state, environment, isRestart: false))
            return agent
        } catch {
            await cleanUp(spec.id, at: location, environment: state.tmuxEnvironment)
            files(spec.id).remove()
            throw error as? SessionError ?? SessionError(.startFailed, "Claude Code could not be started for \(spec.id): \(error)")
        }
    }

    // MARK: Steps

    func files(_ session: String) -> ClaudeFiles {
        ClaudeFiles(stateDirectory: installation.stateDirectory, session: session)
    }

    /// Claude takes the editor's value apart at spaces.
    var editor: String? { installation.editorShim.contains(" ") ? nil : installation.editorShim }

    static func executable(_ environment: [String: String]) throws(SessionError) -> String {
        let path = environment["PATH"] ?? ""
        guard let executable = System.findExecutable("claude", path: path) else {
            throw SessionError(.startFailed, "`claude` was not found on your PATH (\(path)). Install Claude Code, or put its folder on the PATH.")
        }
        return executable
    }

    func agentEnvironment(caller: [String: String], of spec: SessionSpec) -> [String: String] {
        ClaudeEnvironment.forAgent(caller: caller, session: spec.id, trust: spec.trust, editor: editor)
    }

    /// Writes the agent's files.
    func launchPlan(
        of spec: SessionSpec, _ conversation: ClaudeCommandLine.Conversation, _ state: ClaudeState, _ environment: [String: String]
    ) throws -> LaunchPlan {
        let files = files(spec.id)
        let (givenSettings, further) = ClaudeCommandLine.separateSettings(from: spec.agentArguments)
        let settings = ClaudeSettings.make(
            command: "\(ShellWord.quoted(installation.hookShim)) \(spec.id)",
            merging: try Self.merged(givenSettings, in: state.workingDirectory), skipPermissionsDialog: spec.trust)
        let commandLine = ClaudeCommandLine(
            conversation: conversation, settingsFile: files.settings, permissionMode: spec.permissionMode, model: spec.model,
            further: further)
        try files.write(settings: settings, environment: environment)
        return LaunchPlan(
            directory: spec.path, executable: state.executable, arguments: commandLine.arguments, environment: environment)
    }

    /// Settings that the creator gave, as files or as JSON; later ones win, as with Claude itself.
    private static func merged(_ given: [String], in directory: String) throws(SessionError) -> JSON? {
        guard let last = given.last else { return nil }
        do {
            if last.first(where: { !$0.isWhitespace }) == "{" { return try JSON(parsing: last) }
            let path = last.hasPrefix("/") ? last : directory + "/" + last
            return try JSON(parsing: FileReader.contents(of: path, limit: 1 << 24))
        } catch {
            throw SessionError(.invalid, "The settings given with --settings cannot be read: \(error)")
        }
    }

    /// What a pane runs until it becomes the agent.
    func launchCommand(_ session: String) -> [String] {
        [installation.executable, "launch", "--state-directory", installation.stateDirectory, session]
    }

    func createPane(for spec: SessionSpec, in server: TmuxServer) async throws -> Pane {
        let name = Self.tmuxSession(spec.id)
        return try await server.createSession(
            name: name, windowName: name, directory: spec.path, command: launchCommand(spec.id), width: 200, height: 50)
    }

    /// The agent in a new pane, which does not take messages yet.
    func began(
        _ spec: SessionSpec, _ conversation: String, in pane: Pane, of server: TmuxServer, _ state: inout ClaudeState,
        _ events: @escaping AgentEventHandler
    ) throws -> ClaudeAgent {
        // One that has ended already is watched like one that will: it is told why.
        let process = ProcessIdentity.of(pane.identity.processID)
            ?? ProcessIdentity(processID: pane.identity.processID, startTime: 0)
        state.pane = pane.identity
        state.process = process
        state.isRestarting = false
        let agent = ClaudeAgent(
            loop: loop, session: spec.id, conversation: conversation, state: state, process: process, pane: pane.identity,
            tmux: server, editorMark: editorMark(spec.id), logger: logger, events: events)
        events(.stateChanged(try JSON.encode(state)))
        events(.began(agent))
        return agent
    }

    func start(_ spec: SessionSpec, _ state: ClaudeState, _ environment: [String: String], isRestart: Bool) -> ClaudeStart {
        ClaudeStart(
            session: spec.id, isRestart: isRestart, workingDirectory: state.workingDirectory, environment: environment,
            home: state.home, skipsPermissions: spec.permissionMode == nil, trusted: spec.trust)
    }

    public func launchPlan(session: String, process: Int32?) -> LaunchPlan? {
        guard launches[session]?.process == nil else { return nil }
        launches[session]?.process = process
        return launches[session]?.plan
    }

    func editorMark(_ session: String) -> EditorMark {
        EditorMark(stateDirectory: installation.stateDirectory, session: session)
    }

    func cleanUp(_ id: String, at location: TmuxLocation, environment: [String: String]) async {
        do {
            try await server(at: location, environment: environment).killSession(Self.tmuxSession(id))
        } catch {
            logger.warning("a session that did not start could not be removed", metadata: ["session": "\(id)", "error": "\(error)"])
        }
    }
}
