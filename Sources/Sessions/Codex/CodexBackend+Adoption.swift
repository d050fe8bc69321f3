import CodexAppServer
import EventLoop
import JSON

extension CodexBackend {
    /// Takes up a session that the npm tool made, once its own app-server is gone: a thread has one writer.
    public func adopt(_ record: SessionRecord) async -> SessionSpec? {
        guard let home = CodexHome(environment: environment), let executable = try? Self.executable(environment),
              !isNpmServerAlive, !record.internalID.isEmpty
        else { return nil }
        let thread = record.internalID
        let found = try? await loop.offload { CodexConversation(rollout: nil, home: home, thread: thread).path }
        guard let rollout = found ?? nil else { return nil }
        var spec = SessionSpec(
            NewSession(
                agent: kind, path: record.path, description: record.description, mode: record.mode, model: record.model,
                id: record.championID, permissionMode: nil, trust: false, agentArguments: [], environment: [:], parent: nil),
            id: record.championID, conversation: thread, createdAt: record.createdAtMilliseconds ?? Timestamp.now())
        spec.lastUsed = record.lastUsedMilliseconds ?? spec.createdAt
        let state = CodexState(
            home: home, executable: executable, thread: thread, rollout: rollout, approvalPolicy: "never", sandbox: "danger-full-access")
        guard let json = try? JSON.encode(state) else { return nil }
        spec.agentState = json
        return spec
    }

    /// The npm tool's server (0.4.4), by the file that it keeps beside its sessions.
    private var isNpmServerAlive: Bool {
        guard let json = try? JSON(parsing: System.readFile(files.npmServerState)),
              let process = json["pid"]?.int.flatMap({ Int32(exactly: $0) })
        else { return false }
        return ProcessIdentity.of(process) != nil
    }

    /// Only its server knows.
    public func isThere(_ record: SessionRecord) -> Bool? { nil }

    public func removeForeign(_ record: SessionRecord) {}
}
