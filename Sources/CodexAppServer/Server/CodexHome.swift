import EventLoop

/// A folder of Codex's (`CODEX_HOME`): its threads can be written by one app-server at a time.
public struct CodexHome: Sendable, Hashable, Codable {
    /// Absolute.
    public let path: String

    /// - Parameter path: absolute.
    public init(path: String) {
        self.path = path
    }

    /// Where Codex itself would look.
    /// - Returns: nil when the environment names no home.
    public init?(environment: [String: String]) {
        if let path = environment["CODEX_HOME"], !path.isEmpty {
            let directory = environment["PWD"] ?? environment["HOME"] ?? "/"
            self.init(path: Self.canonical(path.hasPrefix("/") ? path : directory + "/" + path))
        } else if let home = environment["HOME"], !home.isEmpty {
            self.init(path: Self.canonical(home + "/.codex"))
        } else {
            return nil
        }
    }

    /// One folder has one server, however it is written, and also before Codex makes it.
    private static func canonical(_ path: String) -> String {
        if let real = System.realPath(path) { return real }
        let names = path.split(separator: "/")
        guard let name = names.last else { return "/" }
        let parent = canonical("/" + names.dropLast().joined(separator: "/"))
        return (parent == "/" ? "" : parent) + "/" + name
    }

    /// Where the server listens that Codex's own commands start and share.
    var controlSocket: String { path + "/app-server-control/app-server-control.sock" }
}
