import EventLoop
import JSON
import Tmux

extension ClaudeBackend {
    /// Takes up a session that the npm tool made: a shell in `dev-<id>` with Claude in it, without our hooks.
    /// Claude's status files tell which process has the conversation.
    public func adopt(_ record: SessionRecord) async -> SessionSpec? {
        let environment = installation.environment
        let home = ClaudeHome(environment: environment)
        guard let location = try? Self.location(environment),
              let server = try? server(environment: environment),
              let pane = try? await server.panes().first(where: { $0.sessionName == Self.tmuxSession(record.championID) }),
              let process = Self.process(of: record.internalID, in: home)
        else { return nil }
        var spec = SessionSpec(
            NewSession(
                agent: kind, path: record.path, description: record.description, mode: record.mode, model: record.model,
                id: record.championID, permissionMode: nil, trust: false, agentArguments: [], environment: [:], parent: nil),
            id: record.championID, conversation: record.internalID, createdAt: record.createdAtMilliseconds ?? Timestamp.now())
        spec.lastUsed = record.lastUsedMilliseconds ?? spec.createdAt
        let workingDirectory = System.realPath(record.path) ?? record.path
        let transcript = home.transcript(conversation: record.internalID, workingDirectory: workingDirectory)
        let state = ClaudeState(
            home: home, workingDirectory: workingDirectory, tmux: location,
            tmuxEnvironment: environment.filter { Self.tmuxVariables.contains($0.key) }, pane: pane.identity, process: process,
            executable: "claude", transcript: transcript, position: .present(at: transcript), systemEntries: record.claudeSystemCountAtSend ?? 0)
        guard let json = try? JSON.encode(state) else { return nil }
        spec.agentState = json
        return spec
    }

    public func isThere(_ record: SessionRecord) async -> Bool? {
        try? await server(environment: installation.environment).hasSession(Self.tmuxSession(record.championID))
    }

    public func removeForeign(_ record: SessionRecord) async throws(SessionError) {
        do {
            try await server(environment: installation.environment).killSession(Self.tmuxSession(record.championID))
        } catch {
            throw SessionError(.startFailed, "The tmux session of \(record.championID) could not be ended: \(error)")
        }
    }

    /// The live process that works on a conversation, whoever started it.
    static func process(of conversation: String, in home: ClaudeHome) -> ProcessIdentity? {
        let names = (try? System.entries(of: home.statusDirectory)) ?? []
        for name in names where name.hasSuffix(".json") {
            guard let bytes = try? FileReader.contents(of: home.statusDirectory + "/" + name, limit: 1 << 16),
                  let status = ClaudeStatus(bytes), status.conversation == conversation,
                  let process = ProcessIdentity.of(status.processID), status.describes(process)
            else { continue }
            return process
        }
        return nil
    }
}
