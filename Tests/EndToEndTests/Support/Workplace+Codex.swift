import EventLoop
import JSON
import TestSupport
import Testing

extension Workplace {
    /// The app-servers of this home, whoever started them, as `/proc` has them.
    func appServers() -> [ProcessIdentity] {
        processes(with: "app-server").compactMap(ProcessIdentity.of)
    }

    /// The app-server of this home, of which there is one.
    func appServer() throws -> ProcessIdentity {
        let servers = appServers()
        try #require(servers.count == 1)
        return servers[0]
    }

    /// Sees that none outlives the workplace: ours ends with its last session.
    func endAppServers() async {
        let servers = appServers()
        let haveEnded: ()? = try? await eventually("the end of the app-servers") { servers.allSatisfy { !$0.isAlive } }
        if haveEnded != nil { return }
        Issue.record("app-servers are left behind: \(servers.map(\.processID))")
        try? await servers.filter(\.isAlive).kill()
    }

    /// The session's thread.
    func thread(_ id: String) async throws -> String {
        try #require(try await record(id)["internalId"]?.string)
    }

    /// The state and the origin of the session's newest turn.
    func turn(_ id: String) async throws -> (state: String?, origin: String?, agentTurn: String?) {
        let turn = try await status(id)["turn"]
        return (turn?["state"]?.string, turn?["origin"]?.string, turn?["agentTurnID"]?.string)
    }

    /// A person's terminal with `dev-sessions attach` in it, which `press` and `shows` then find under the session's id.
    func attach(to id: String) async throws {
        try await home.tmux.run(
            "new-session", "-d", "-s", "dev-\(id)", "-x", "150", "-y", "40", "'\(program)' attach \(id)", environment: environment)
    }

    /// Whether a process runs with exactly these arguments.
    func runs(_ arguments: [String]) -> Bool {
        let line = Array(arguments.joined(separator: "\0").utf8) + [0]
        return ((try? System.entries(of: "/proc")) ?? []).contains { name in
            guard Int32(name) != nil, let found = try? System.readFile("/proc/\(name)/cmdline") else { return false }
            return found == line
        }
    }
}
