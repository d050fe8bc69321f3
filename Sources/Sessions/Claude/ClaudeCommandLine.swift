/// The arguments with which Claude Code is started.
struct ClaudeCommandLine: Sendable, Hashable {
    enum Conversation: Sendable, Hashable {
        /// A conversation that has no transcript yet.
        case new(String)
        /// One that has: `--session-id` would be refused as already in use.
        case resumed(String)
    }

    var conversation: Conversation
    var settingsFile: String
    var permissionMode: String?
    var model: String?
    /// The creator's own, after ours, without `--settings`.
    var further: [String]

    var arguments: [String] {
        var arguments: [String] = switch conversation {
        case .new(let id): ["--session-id", id]
        case .resumed(let id): ["--resume", id]
        }
        arguments += ["--settings", settingsFile]
        arguments += permissionMode.map { ["--permission-mode", $0] } ?? ["--dangerously-skip-permissions"]
        if let model { arguments += ["--model", model] }
        return arguments + further
    }

    /// Takes `--settings <value>` out of a creator's arguments: it would replace ours instead of being added to it.
    static func separateSettings(from arguments: [String]) -> (settings: [String], rest: [String]) {
        var settings: [String] = []
        var rest: [String] = []
        var iterator = arguments.makeIterator()
        while let argument = iterator.next() {
            if argument == "--settings", let value = iterator.next() {
                settings.append(value)
            } else if argument.hasPrefix("--settings=") {
                settings.append(String(argument.dropFirst("--settings=".count)))
            } else {
                rest.append(argument)
            }
        }
        return (settings, rest)
    }
}
