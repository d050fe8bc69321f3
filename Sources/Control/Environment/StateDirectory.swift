import EventLoop

/// The folder that holds everything of ours: `DEV_SESSIONS_HOME`, or `~/.dev-sessions` as with the npm tool.
public struct StateDirectory: Sendable, Hashable {
    /// Absolute.
    public let path: String

    /// - Parameter path: absolute.
    public init(path: String) {
        self.path = path
    }

    /// - Parameter workingDirectory: what a relative `DEV_SESSIONS_HOME` is relative to.
    /// - Throws: ``ControlError`` when the environment names no home.
    public init(environment: [String: String], workingDirectory: String) throws(ControlError) {
        if let path = environment["DEV_SESSIONS_HOME"], !path.isEmpty {
            self.init(path: AbsolutePath.resolve(path, against: workingDirectory))
        } else if let home = environment["HOME"], !home.isEmpty {
            self.init(path: AbsolutePath.resolve(home + "/.dev-sessions", against: workingDirectory))
        } else {
            throw ControlError(.failed, "HOME is not set, so there is no place for the files of dev-sessions. Set HOME or DEV_SESSIONS_HOME.")
        }
    }

    /// Where the socket stands unless its path is too long there; ``SocketLocation`` decides.
    public var usualSocket: String { path + "/supervisor.sock" }
    /// Names the socket where it stands elsewhere.
    public var socketPointer: String { path + "/supervisor.sock.path" }
    public var log: String { path + "/supervisor.log" }
    /// Held by the supervisor as long as it lives.
    public var lock: String { path + "/supervisor.lock" }
    /// Held by a command while it starts a supervisor.
    public var startLock: String { path + "/start.lock" }
    public var journal: String { path + "/journal.sqlite" }
    /// The npm tool's file.
    public var sessionsFile: String { path + "/sessions.json" }
    /// The command of every hook, see ``AgentShims``.
    public var hookShim: String { path + "/hook" }
    /// What agents run as their editor.
    public var editorShim: String { path + "/editor" }
    /// What hooks wrote while no supervisor answered.
    public var spool: String { path + "/spool" }

    public func spoolFile(of session: String) -> String { "\(spool)/\(session).jsonl" }

    /// Makes the folder where it is missing, and its user's alone (0700) in any case: the npm tool makes it 0755.
    public func prepare() throws(ControlError) {
        do {
            try System.makeDirectory(path, withParents: true)
            try System.setPermissions(path, 0o700)
            try System.makeDirectory(spool)
        } catch {
            throw ControlError(.failed, "The folder \(path) cannot be used: \(error)")
        }
    }

    /// The lock of the one supervisor, held until the last reference is gone; nil while another process holds it.
    public func takeLock() throws(ControlError) -> FileLock? {
        do {
            return try FileLock(lock)
        } catch {
            if error.code == .inUse { return nil }
            throw ControlError(.failed, "The supervisor's lock cannot be taken: \(error)")
        }
    }
}
