/// What Claude Code does about a tool call. The raw value is the word of hooks and transcripts.
enum PermissionMode: String, Sendable, Hashable {
    /// Asks. The command line calls it `manual`.
    case manual = "default"
    /// Decides by itself; what Claude Code 2.1.329 starts with.
    case automatic = "auto"
    case acceptsEdits = "acceptEdits"
    case planning = "plan"
    case bypassed = "bypassPermissions"

    init?(option: String) {
        self.init(rawValue: option == "manual" ? "default" : option)
    }

    func asksBefore(_ tool: String) -> Bool {
        switch self {
        case .manual, .planning: true
        case .acceptsEdits: tool != "Write"
        case .automatic, .bypassed: false
        }
    }
}
