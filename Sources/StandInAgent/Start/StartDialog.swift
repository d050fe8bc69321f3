/// A dialog that Claude Code 2.1.329 shows before anything else. Each offers to leave as its default.
enum StartDialog: String, Sendable {
    case trust, key, bypass

    var lines: [String] {
        switch self {
        case .trust:
            [
                "Accessing workspace:", "", "Quick safety check: Is this a project you created or one you trust?", "",
                "❯ 1. No, exit", "  2. Yes, I trust this folder",
            ]
        case .key:
            [
                "Detected a custom API key in your environment", "", "Do you want to use this API key?", "",
                "❯ 1. No (recommended)", "  2. Yes",
            ]
        case .bypass:
            [
                "WARNING: Claude Code running in Bypass Permissions mode", "", "❯ 1. No, exit", "  2. Yes, I accept",
            ]
        }
    }
}
