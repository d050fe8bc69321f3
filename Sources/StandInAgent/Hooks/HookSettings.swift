import JSON

/// The hook commands of all settings together: the user's, the project's and those of `--settings`.
struct HookSettings: Sendable {
    private let commands: [String: [HookCommand]]

    /// - Parameter sources: the settings in the order of their reading.
    init(_ sources: [JSON]) {
        var commands: [String: [HookCommand]] = [:]
        if !sources.contains(where: { $0["disableAllHooks"]?.bool == true }) {
            for source in sources {
                for (event, groups) in source["hooks"]?.object ?? [:] {
                    commands[event, default: []] += (groups.array ?? []).flatMap(HookCommand.all)
                }
            }
        }
        self.commands = commands
    }

    func commands(for event: String, tool: String?) -> [HookCommand] {
        (commands[event] ?? []).filter { $0.matches(tool) }
    }
}

/// One command that an event runs.
struct HookCommand: Sendable, Hashable {
    let matcher: String
    let command: String
    let timeLimit: Duration

    /// The commands of one group of the settings.
    static func all(in group: JSON) -> [HookCommand] {
        (group["hooks"]?.array ?? []).compactMap { hook in
            hook["command"]?.string.map {
                HookCommand(
                    matcher: group["matcher"]?.string ?? "", command: $0,
                    timeLimit: .seconds(hook["timeout"]?.double ?? 60))
            }
        }
    }

    func matches(_ tool: String?) -> Bool {
        guard let tool, !matcher.isEmpty, matcher != "*" else { return true }
        return matcher.split(separator: "|").contains { $0 == tool }
    }
}
