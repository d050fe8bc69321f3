/// What no agent inherits from the command that created its session.
enum AgentEnvironment {
    /// What Claude Code 2.1.329 sets in its children, and tmux in its panes.
    static let removed: Set<String> = [
        "CLAUDECODE", "AI_AGENT", "NoDefaultCurrentDirectoryInExePath", "CLAUDE_PID", "CLAUDE_EFFORT",
        "CLAUDE_CODE_CHILD_SESSION", "CLAUDE_CODE_SESSION_ID", "CLAUDE_CODE_SESSION_ATTENDED",
        "CLAUDE_CODE_CHILD_NOTES_DIR", "CLAUDE_CODE_ENTRYPOINT", "CLAUDE_CODE_EXECPATH",
        "CLAUDE_CODE_MESSAGING_SOCKET", "CLAUDE_CODE_MESSAGING_TOKEN", "TMUX", "TMUX_PANE",
    ]
}
