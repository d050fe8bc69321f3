/// The command line, as far as Claude Code's is understood here.
struct Arguments: Sendable, Hashable {
    enum Conversation: Sendable, Hashable {
        case new(String)
        case resumed(String)
    }

    var conversation: Conversation?
    /// A file or JSON; a second one replaces the first.
    var settings: String?
    var permissionMode: PermissionMode = .automatic
    var model = "claude-opus-5-5"
    var showsVersion = false
    /// A message that is submitted at the start.
    var prompt: String?

    /// What the program says when it cannot start, on standard error and with status 1.
    struct Failure: Error, Hashable {
        let message: String
    }

    private static let flags: Set<String> = ["--verbose", "--disable-slash-commands", "--ide", "--strict-mcp-config"]
    private static let ignoredOptions: Set<String> = [
        "--append-system-prompt", "--system-prompt", "--add-dir", "--effort", "--allowedTools", "--disallowedTools",
        "--mcp-config", "--fallback-model", "--setting-sources",
    ]

    init(_ words: some Sequence<String>) throws(Failure) {
        var rest = Array(words)[...]
        func value(of option: String) throws(Failure) -> String {
            guard let value = rest.popFirst() else {
                throw Failure(message: "error: option '\(option) <value>' argument missing")
            }
            return value
        }
        while let word = rest.popFirst() {
            switch word {
            case "--version", "-v": showsVersion = true
            case "--session-id": conversation = .new(try Self.identifier(value(of: word)))
            case "--resume", "-r": conversation = .resumed(try value(of: word))
            case "--settings": settings = try value(of: word)
            case "--model": model = try value(of: word)
            case "--dangerously-skip-permissions": permissionMode = .bypassed
            case "--permission-mode":
                let name = try value(of: word)
                guard let mode = PermissionMode(option: name) else {
                    throw Failure(message: "error: option '--permission-mode <mode>' argument '\(name)' is invalid.")
                }
                permissionMode = mode
            case "--":
                prompt = rest.popFirst()
            case _ where Self.ignoredOptions.contains(word): _ = try value(of: word)
            case _ where Self.flags.contains(word): break
            case _ where word.hasPrefix("-"): throw Failure(message: "error: unknown option '\(word)'")
            default: prompt = word
            }
        }
    }

    private static func identifier(_ text: String) throws(Failure) -> String {
        let lengths = text.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        guard lengths == [8, 4, 4, 4, 12], text.allSatisfy({ $0 == "-" || $0.isHexDigit && $0.isASCII }) else {
            throw Failure(message: "Error: Invalid session ID. Must be a valid UUID.")
        }
        return text
    }
}
