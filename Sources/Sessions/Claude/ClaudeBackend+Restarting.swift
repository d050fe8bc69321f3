import EventLoop
import JSON
import Tmux
import Transcripts

/// Claude Code again in the pane in which it ended: who is attached sees it come back.
extension ClaudeBackend {
    public func restart(
        _ spec: SessionSpec, fresh: Bool, events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        guard var state = try? spec.agentState.decode(ClaudeState.self) else {
            throw SessionError(.storage, "\(spec.id) cannot be restarted: what the journal tells of its process cannot be read.")
        }
        let environment = files(spec.id).readEnvironment() ?? agentEnvironment(caller: installation.environment, of: spec)
        // An upgrade may have moved it.
        state.executable = try Self.executable(environment)
        if !fresh { try checkIsFree(spec, state) }
        let conversation = fresh ? newConversation() : spec.conversation
        if fresh {
            state.transcript = state.home.transcript(conversation: conversation, workingDirectory: state.workingDirectory)
            state.systemEntries = 0
        }
        // Nothing was said in a conversation without a transcript, and its name is still free.
        let exists = FileIdentity.of(path: state.transcript) != nil
        state.position = .present(at: state.transcript)
        state.hooks = false
        state.version = nil
        state.usesEditor = editor != nil
        state.isRestarting = true
        do {
            let plan = try launchPlan(of: spec, exists ? .resumed(conversation) : .new(conversation), state, environment)
            events(.stateChanged(try JSON.encode(state)))
            if fresh { events(.conversationChanged(conversation)) }
            launches[spec.id] = Launch(plan: plan)
            defer { launches[spec.id] = nil }
            let server = try server(at: state.tmux, environment: state.tmuxEnvironment)
            let pane = try await place(of: spec, state, in: server)
            let agent = try began(spec, conversation, in: pane, of: server, &state, events)
            do {
                try await agent.becomeReady(start(spec, state, environment, isRestart: true))
            } catch {
                // What it shows stays to be read.
                try? await agent.stop()
                throw error
            }
            return agent
        } catch {
            throw error as? SessionError ?? SessionError(.startFailed, "Claude Code could not be started again for \(spec.id): \(error)")
        }
    }

    /// Claude itself lets two processes write to one conversation (2.1.329).
    private func checkIsFree(_ spec: SessionSpec, _ state: ClaudeState) throws(SessionError) {
        guard let other = Self.process(of: spec.conversation, in: state.home) else { return }
        throw SessionError(.alreadyExists, """
            \(spec.id) was not restarted: its conversation is open in another Claude Code (process \(other.processID)). \
            End that first, or restart with --fresh for a new conversation.
            """)
    }

    /// The pane in which it ended; a new one if that, or the whole server, is gone.
    private func place(of spec: SessionSpec, _ state: ClaudeState, in server: TmuxServer) async throws -> Pane {
        if let old = state.pane, try await server.pane(old.id)?.identity == old {
            return try await server.respawn(old, directory: spec.path, command: launchCommand(spec.id), killing: true)
        }
        let name = Self.tmuxSession(spec.id)
        guard try await !server.hasSession(name) else {
            throw SessionError(.startFailed, """
                \(spec.id) was not restarted: its tmux session \(name) is there, and the agent's pane in it is not. \
                End that session (`tmux kill-session -t =\(name)`), and restart again.
                """)
        }
        return try await createPane(for: spec, in: server)
    }

    /// A supervisor has ended between starting a process in the pane and writing down which.
    func takeUpRestart(_ state: inout ClaudeState) async {
        state.isRestarting = false
        guard let old = state.pane, let server = try? server(at: state.tmux, environment: state.tmuxEnvironment),
              let pane = try? await server.pane(old.id), !pane.isDead, pane.identity != old,
              let process = ProcessIdentity.of(pane.identity.processID)
        else { return }
        state.pane = pane.identity
        state.process = process
    }
}
