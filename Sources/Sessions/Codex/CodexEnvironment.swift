import JSON

/// The environments of an app-server and of the commands that a session's thread runs.
enum CodexEnvironment {
    /// What belongs to the shell that ran `create`, not to what it wanted.
    private static let ofShell: Set<String> = ["_", "PWD", "OLDPWD", "SHLVL", "TERM", "COLUMNS", "LINES"]
    /// Of what a policy that keeps secrets from commands would keep: what is set for a thread passes it.
    private static let secretMarks = ["KEY", "SECRET", "TOKEN", "PASSWORD"]

    /// What the server itself gets: its first session's creator's, less what a surrounding agent or tmux put there.
    static func forServer(caller: [String: String]) -> [String: String] {
        var environment = caller.filter { !AgentEnvironment.removed.contains($0.key) && !ofShell.contains($0.key) }
        if caller["CLAUDECODE"] != nil { environment["GIT_EDITOR"] = nil }
        environment["DEV_SESSIONS_SESSION"] = nil
        return environment
    }

    /// What a session's commands get. The server is shared, and its environment another creator's.
    /// - Parameter policy: who else decides about it.
    static func forCommands(caller: [String: String], session: String, policy: Policy) -> [String: String] {
        var environment = forServer(caller: caller)
        if policy == .users {
            environment = environment.filter { name, _ in !secretMarks.contains { name.uppercased().contains($0) } }
        }
        environment["DEV_SESSIONS_SESSION"] = session
        return environment
    }

    /// Who decides what commands get to see.
    enum Policy: String, Codable, Sendable, Hashable {
        /// Nobody else: they see what their session's creator has, as with a Codex of the creator's own, and nothing of the server's.
        case creators
        /// The user has settings about it (`shell_environment_policy`), which hold for what the server has; to that is
        /// added what is no secret.
        case users

        /// - Parameters:
        ///   - config: as Codex reads it in the session's folder; nil when it cannot be asked.
        ///   - given: settings for this thread alone.
        init(config: JSON?, given: [String: JSON]) {
            let name = "shell_environment_policy"
            let settings = config?[name]?.object
            let isUsers = settings?.contains { !$0.value.isNull } ?? (config == nil) || given.keys.contains { $0.hasPrefix(name) }
            self = isUsers ? .users : .creators
        }
    }

    /// The settings that let a thread's commands have this environment.
    static func settings(_ environment: [String: String], policy: Policy, given: [String: JSON]) -> [String: JSON] {
        var settings = given
        let name = "shell_environment_policy"
        if settings[name + ".set"] == nil {
            settings[name + ".set"] = .object(JSON.Object(environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        if policy == .creators { settings[name + ".inherit"] = "none" }
        return settings
    }
}
