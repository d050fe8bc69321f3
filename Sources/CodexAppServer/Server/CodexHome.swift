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
            self.init(path: Self.canonical(path, in: environment["PWD"] ?? environment["HOME"] ?? "/"))
        } else if let home = environment["HOME"], !home.isEmpty {
            self.init(path: home + "/.codex")
        } else {
            return nil
        }
    }

    /// One folder has one server, however it is written.
    private static func canonical(_ path: String, in directory: String) -> String {
        let absolute = path.hasPrefix("/") ? path : directory + "/" + path
        if let real = System.realPath(absolute) { return real }
        let end = absolute.lastIndex { $0 != "/" }
        return end.map { String(absolute[...$0]) } ?? "/"
    }

    /// Where the server listens that Codex's own commands start and share.
    var controlSocket: String { path + "/app-server-control/app-server-control.sock" }
}
