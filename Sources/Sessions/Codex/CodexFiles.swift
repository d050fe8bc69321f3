import CodexAppServer
import EventLoop
import JSON

/// The files that we keep for Codex: an app-server's socket and log for each ``CodexHome``, and each session's environment.
struct CodexFiles: Sendable {
    private let directory: String
    /// What the npm tool keeps of its own app-server.
    let npmServerState: String

    init(stateDirectory: String) {
        npmServerState = stateDirectory + "/codex-appserver.json"
        directory = stateDirectory + "/codex"
    }

    // MARK: App-servers

    func prepare() throws(EventLoopError) {
        try System.makeDirectory(directory, withParents: true)
    }

    /// The server makes a symbolic link of it, so that its length does not matter.
    func socket(_ home: CodexHome) -> String { "\(directory)/\(Self.name(of: home)).sock" }
    func log(_ home: CodexHome) -> String { "\(directory)/\(Self.name(of: home)).log" }

    /// What our server runs with, for when it is started again. It holds keys and goes with the home's last session.
    func serverEnvironment(_ home: CodexHome) -> [String: String]? {
        Self.read(serverEnvironmentFile(home))
    }

    func write(serverEnvironment environment: [String: String], _ home: CodexHome) throws {
        try System.replace(serverEnvironmentFile(home), with: JSON.encode(environment).bytes)
    }

    /// Of all homes.
    func serverEnvironments() -> [[String: String]] {
        let names = (try? System.entries(of: directory)) ?? []
        return names.filter { $0.hasSuffix(Self.environmentSuffix) }.compactMap { Self.read("\(directory)/\($0)") }
    }

    func removeServerEnvironment(_ home: CodexHome) {
        try? System.removeFile(serverEnvironmentFile(home))
    }

    private func serverEnvironmentFile(_ home: CodexHome) -> String { "\(directory)/\(Self.name(of: home))\(Self.environmentSuffix)" }

    private static let environmentSuffix = ".environment.json"

    private static func read(_ path: String) -> [String: String]? {
        guard let json = try? JSON(parsing: System.readFile(path)) else { return nil }
        return try? json.decode()
    }

    /// The same for the same path, different for different ones (FNV-1a).
    private static func name(of home: CodexHome) -> String {
        let hash = home.path.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "app-server-" + String(hash, radix: 16)
    }

    // MARK: Sessions

    /// The environment of a session's commands, for when its thread is loaded again. It may hold secrets and goes with the session.
    func environment(of session: String) -> [String: String]? {
        Self.read(environmentFile(session))
    }

    func write(environment: [String: String], of session: String) throws {
        try System.makeDirectory("\(directory)/\(session)", withParents: true)
        try System.replace(environmentFile(session), with: JSON.encode(environment).bytes)
    }

    func remove(session: String) {
        try? System.removeTree("\(directory)/\(session)")
    }

    private func environmentFile(_ session: String) -> String { "\(directory)/\(session)/environment.json" }
}
