import JSON

/// A dialog that Claude Code shows before it takes messages. All of them have "No" or "exit" as their default,
/// so Enter is never pressed into one.
///
/// Which one stands there is told by Claude's own files, not by the screen (Claude Code 2.1.329).
enum ClaudeStartupDialog: Sendable, Hashable {
    case onboarding
    case trust(folder: String)
    case apiKey
    case bypassPermissions
    /// It is running and has not become ready, and no file tells why.
    case unknown

    /// What decides whether a dialog is shown.
    struct Facts: Sendable {
        /// `.claude.json`, if it can be read.
        var globalConfiguration: JSON?
        /// The user's `settings.json`, if it can be read.
        var userSettings: JSON?
        var environment: [String: String]
        /// The real path of the session's folder.
        var workingDirectory: String
        var skipsPermissions: Bool
        /// The caller accepted both the folder and skipped permissions (`--trust`).
        var trusted: Bool
    }

    /// The first dialog that these facts lead to, in Claude's order; nil if none is expected.
    static func expected(_ facts: Facts) -> ClaudeStartupDialog? {
        let configuration = facts.globalConfiguration
        if configuration?["hasCompletedOnboarding"]?.bool != true { return .onboarding }
        if !facts.trusted, !isTrusted(facts) { return .trust(folder: facts.workingDirectory) }
        if let key = facts.environment["ANTHROPIC_API_KEY"], !key.isEmpty,
           facts.environment["ANTHROPIC_AUTH_TOKEN"]?.isEmpty ?? true,
           facts.userSettings?["apiKeyHelper"] == nil {
            let approved = configuration?["customApiKeyResponses"]?["approved"]?.array ?? []
            if !approved.contains(.string(String(key.suffix(20)))) { return .apiKey }
        }
        if facts.skipsPermissions, !facts.trusted,
           facts.userSettings?["skipDangerousModePermissionPrompt"]?.bool != true {
            return .bypassPermissions
        }
        return nil
    }

    private static func isTrusted(_ facts: Facts) -> Bool {
        if facts.environment["CLAUDE_CODE_SANDBOXED"]?.isEmpty == false { return true }
        let projects = facts.globalConfiguration?["projects"]
        var folder = facts.workingDirectory
        while true {
            if projects?[folder]?["hasTrustDialogAccepted"]?.bool == true { return true }
            guard folder != "/", let slash = folder.lastIndex(of: "/") else { return false }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    /// What the user is told, with what to do about it.
    var explanation: String {
        switch self {
        case .onboarding:
            "Claude Code has not been set up for this user yet. Run `claude` once by hand and finish its welcome screens."
        case .trust(let folder):
            "Claude Code asks whether the folder \(folder) is to be trusted. "
                + "Run `claude` there once by hand and accept, or create the session with --trust."
        case .apiKey:
            "Claude Code asks whether the ANTHROPIC_API_KEY of the environment is to be used. "
                + "Run `claude` once by hand and accept, or unset ANTHROPIC_API_KEY."
        case .bypassPermissions:
            "Claude Code asks whether it may run without permission checks. "
                + "Run `claude --dangerously-skip-permissions` once by hand and accept, create the session with --trust, "
                + "or choose another --permission-mode."
        case .unknown:
            "Claude Code runs but does not become ready; it may show a dialog. "
                + "Run `claude` in the same folder by hand to see it."
        }
    }
}
