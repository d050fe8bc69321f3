import CodexAppServer
import JSON

extension CodexBackend {
    public func start(
        _ spec: SessionSpec, _ new: NewSession, events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        let settings = try CodexSettings(new)
        guard let home = CodexHome(environment: new.environment) else {
            throw SessionError(.startFailed, "HOME is not set, so there is no place for Codex's files. Set HOME or CODEX_HOME.")
        }
        var caller = new.environment
        // Neither the server nor the thread's commands run where the creator does.
        if caller["CODEX_HOME"]?.isEmpty == false { caller["CODEX_HOME"] = home.path }
        var state = CodexState(
            home: home, executable: try Self.executable(caller), approvalPolicy: settings.approvalPolicy, sandbox: settings.sandbox)
        events(.stateChanged(encoded(state)))
        do {
            try files.prepare()
            // A server that is started later gets the newest environment: keys change. But a session's commands may
            // have been denied them.
            let known = spec.parent == nil ? nil : files.serverEnvironment(home)
            let environment = known ?? CodexEnvironment.forServer(caller: caller)
            try files.write(serverEnvironment: environment, home)
            let server = server(of: state)
            await server.use(program(of: home, executable: state.executable, environment: environment))
            let policy = CodexEnvironment.Policy(config: try await configuration(of: server, in: spec.path), given: settings.config)
            state.environmentPolicy = policy
            try files.write(environment: CodexEnvironment.forCommands(caller: caller, session: spec.id, policy: policy), of: spec.id)
            let agent = try await startThread(of: spec, state, in: server, events)
            // A server that ended meanwhile, with its last session, has taken it along.
            if files.serverEnvironment(home) == nil { try files.write(serverEnvironment: environment, home) }
            return agent
        } catch {
            files.remove(session: spec.id)
            throw error as? SessionError ?? SessionError(.startFailed, "Codex could not be started for \(spec.id): \((error as? CodexError)?.reason ?? "\(error)")")
        }
    }

    /// Loads the thread again, or begins a new one; its server is started if none runs.
    public func restart(
        _ spec: SessionSpec, fresh: Bool, events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        guard let state = try? spec.agentState.decode(CodexState.self), let thread = state.thread else {
            throw SessionError(.storage, "\(spec.id) cannot be restarted: what the journal tells of its thread cannot be read.")
        }
        do throws(CodexError) {
            if fresh {
                let server = server(of: state)
                let agent = try await startThread(of: spec, state, in: server, events)
                await unload(thread, from: server)
                return agent
            }
            let agent = agent(of: spec, state, thread: thread, events)
            await agent.follow()
            events(.began(agent))
            do throws(CodexError) {
                try await agent.load()
            } catch {
                await agent.release()
                throw error
            }
            return agent
        } catch {
            throw SessionError(.startFailed, "\(spec.id) was not restarted: \(error.reason)")
        }
    }

    /// Otherwise it stays loaded for half an hour, and our server with it (codex-cli 0.163.0).
    private func unload(_ thread: String, from server: AppServer) async {
        guard (try? await server.callIfConnected(ThreadArchive(threadId: thread))) != nil else { return }
        _ = try? await server.callIfConnected(ThreadUnarchive(threadId: thread))
    }

    private func startThread(
        of spec: SessionSpec, _ state: CodexState, in server: AppServer, _ events: @escaping AgentEventHandler
    ) async throws(CodexError) -> CodexAgent {
        let opened = try await server.call(ThreadStart(
            cwd: spec.path, model: spec.model, approvalPolicy: state.approvalPolicy, sandbox: state.sandbox, config: config(of: spec, state)))
        var state = state
        state.thread = opened.thread.id
        state.rollout = opened.thread.path
        events(.stateChanged(encoded(state)))
        events(.conversationChanged(opened.thread.id))
        let agent = agent(of: spec, state, thread: opened.thread.id, isLoaded: true, events)
        await agent.follow()
        events(.began(agent))
        // Without a name it would be lost with the server until its first turn, and nobody could attach to it.
        _ = try await server.callIfConnected(ThreadNameSet(threadId: opened.thread.id, name: "dev-" + spec.id))
        return agent
    }

    func agent(
        of spec: SessionSpec, _ state: CodexState, thread: String, isLoaded: Bool = false, _ events: @escaping AgentEventHandler
    ) -> CodexAgent {
        CodexAgent(
            loop: loop, session: spec.id, thread: thread, state: state, config: config(of: spec, state), server: server(of: state),
            isLoaded: isLoaded, logger: logger, events: events)
    }

    /// The settings of a session's thread, which are not kept with it.
    private func config(of spec: SessionSpec, _ state: CodexState) -> [String: JSON] {
        let given = (try? CodexSettings.config(from: spec.agentArguments)) ?? [:]
        return CodexEnvironment.settings(files.environment(of: spec.id) ?? [:], policy: state.environmentPolicy ?? .users, given: given)
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
}
