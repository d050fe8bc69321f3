import JSON

/// The environments of an app-server and of the commands that a session's thread runs.
enum CodexEnvironment {
    /// What belongs to the shell that ran `create`, not to what it wanted.
    private static let ofShell: Set<String> = ["_", "PWD", "OLDPWD", "SHLVL", "TERM", "COLUMNS", "LINES"]
    /// Codex keeps variables whose names have one of these from its commands: what is set for a thread would pass.
    private static let secretMarks = ["KEY", "SECRET", "TOKEN", "PASSWORD"]

    /// What the server itself gets: its first session's creator's, less what a surrounding agent or tmux put there.
    static func forServer(caller: [String: String]) -> [String: String] {
        var environment = caller.filter { !AgentEnvironment.removed.contains($0.key) && !ofShell.contains($0.key) }
        if caller["CLAUDECODE"] != nil { environment["GIT_EDITOR"] = nil }
        environment["DEV_SESSIONS_SESSION"] = nil
        return environment
    }

    /// What a session's commands get beyond the server's: the server is shared, its environment another creator's.
    static func forCommands(caller: [String: String], session: String) -> [String: String] {
        var environment = forServer(caller: caller).filter { name, _ in
            !secretMarks.contains { name.uppercased().contains($0) }
        }
        environment["DEV_SESSIONS_SESSION"] = session
        return environment
    }
}
