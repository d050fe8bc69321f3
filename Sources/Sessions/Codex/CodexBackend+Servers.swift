import CodexAppServer
import EventLoop

/// The app-servers of the sessions' homes.
extension CodexBackend {
    /// How often it is seen whether a server that others use is still used.
    private static let endingPause = Duration.seconds(30)

    func server(of state: CodexState) -> AppServer { server(of: state.home, executable: state.executable) }

    private func server(of home: CodexHome, executable: String) -> AppServer {
        if let server = appServers[home] { return server }
        // A folder that cannot be made is told of when the server is started.
        try? files.prepare()
        // Of a session that the npm tool made there is none but our own.
        let environment = files.serverEnvironment(home) ?? environment
        let server = AppServer(
            loop: loop, home: home, program: program(of: home, executable: executable, environment: environment),
            clientVersion: programVersion, logger: logger)
        appServers[home] = server
        return server
    }

    func program(of home: CodexHome, executable: String, environment: [String: String]) -> AppServerProgram {
        AppServerProgram(executable: executable, environment: environment, socket: files.socket(home), log: files.log(home))
    }

    public func remove(_ spec: SessionSpec) async {
        files.remove(session: spec.id)
        guard let state = try? spec.agentState.decode(CodexState.self), let server = appServers[state.home] else { return }
        if await !endIfUnused(server) { endLater(server) }
    }

    /// - Returns: whether nobody uses it any more.
    private func endIfUnused(_ server: AppServer) async -> Bool {
        guard await server.stopIfUnused() else { return false }
        files.removeServerEnvironment(server.home)
        return true
    }

    /// A person's terminal may be attached: it ends after that.
    private func endLater(_ server: AppServer) {
        guard endings[server.home] == nil else { return }
        endings[server.home] = Task {
            while (try? await loop.sleep(for: Self.endingPause)) != nil, await !server.isFollowed {
                if await endIfUnused(server) { break }
            }
            if !Task.isCancelled { endings[server.home] = nil }
        }
    }

    /// Servers that earlier supervisors left because somebody used them, or because they were killed before they could end them.
    public func tidy() async {
        for environment in files.serverEnvironments() {
            guard let home = CodexHome(environment: environment) else { continue }
            let executable = (try? Self.executable(environment)) ?? "codex"
            let server = server(of: home, executable: executable)
            guard await !server.isFollowed else { continue }
            _ = try? await server.connect(starting: false)
            if await !server.isFollowed, await !endIfUnused(server) { endLater(server) }
        }
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
        for ending in endings.values { ending.cancel() }
        endings.removeAll()
        for server in appServers.values {
            if freeing { _ = await server.release() } else { await server.close() }
        }
        appServers.removeAll()
    }
}
