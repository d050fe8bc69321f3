/// The environment in which an agent runs: its creator's, less what a surrounding agent or tmux put there for itself.
enum ClaudeEnvironment {
    /// - Parameters:
    ///   - caller: the whole environment of the `create` command.
    ///   - trust: the caller trusts the folder, so Claude is not to ask.
    ///   - editor: what Claude is to run as its editor; the caller's own is handed on to it.
    static func forAgent(
        caller: [String: String], session: String, trust: Bool, editor: String?
    ) -> [String: String] {
        var environment = caller.filter { !AgentEnvironment.removed.contains($0.key) }
        // Claude sets an editor that does nothing in its children only; a person's own choice stays.
        if caller["CLAUDECODE"] != nil { environment["GIT_EDITOR"] = nil }
        // The terminal is the pane's; `launch` adds its kind.
        environment["TERM"] = nil
        // As the npm tool does: without it Claude refuses to skip permissions for root.
        environment["IS_SANDBOX"] = "1"
        environment["DEV_SESSIONS_SESSION"] = session
        // In an empty box the Left key would move the conversation to another process, out of our sight.
        environment["CLAUDE_CODE_DISABLE_AGENT_VIEW"] = "1"
        if let editor {
            // In a session, the usual two name our own.
            if caller["DEV_SESSIONS_SESSION"] == nil { environment["DEV_SESSIONS_EDITOR"] = caller["VISUAL"] ?? caller["EDITOR"] }
            environment["VISUAL"] = editor
            environment["EDITOR"] = editor
        }
        if trust { environment["CLAUDE_CODE_SANDBOXED"] = "1" }
        return environment
    }
}
