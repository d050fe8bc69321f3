import JSON

/// The settings that a session starts with: our hooks, and what its creator asked for.
///
/// Claude merges the hooks of `--settings` with the user's own, but a second `--settings` replaces the first,
/// so one that the creator gave is merged into ours (observed with Claude Code 2.1.329).
enum ClaudeSettings {
    /// The hooks we listen to. Each costs the agent a process, so there is none whose news the transcript brings as fast.
    static let hooks: [(event: String, matcher: String?, timeoutSeconds: Int)] = [
        ("SessionStart", nil, 10),
        ("UserPromptSubmit", nil, 10),
        // Stays until the request is answered: a day is longer than anybody waits.
        ("PermissionRequest", "*", 86_400),
        ("Stop", nil, 10),
        ("StopFailure", nil, 10),
        ("SessionEnd", nil, 10),
    ]

    /// - Parameters:
    ///   - command: the shell command that every hook runs.
    ///   - given: the creator's own settings.
    ///   - skipPermissionsDialog: the creator accepts that permissions are skipped, so Claude is not to ask.
    static func make(command: String, merging given: JSON? = nil, skipPermissionsDialog: Bool) -> JSON {
        var settings = given?.object ?? [:]
        var hooks = settings["hooks"]?.object ?? [:]
        for hook in Self.hooks {
            var entry: JSON.Object = [:]
            if let matcher = hook.matcher { entry["matcher"] = .string(matcher) }
            entry["hooks"] = [
                ["type": "command", "command": .string(command), "timeout": .number(JSON.Number(hook.timeoutSeconds))]
            ]
            hooks[hook.event] = .array((hooks[hook.event]?.array ?? []) + [.object(entry)])
        }
        settings["hooks"] = .object(hooks)
        if skipPermissionsDialog { settings["skipDangerousModePermissionPrompt"] = true }
        return .object(settings)
    }
}
