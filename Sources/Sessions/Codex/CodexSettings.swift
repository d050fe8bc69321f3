import JSON

/// What `create` asks of a thread, checked.
struct CodexSettings: Sendable, Hashable {
    static let approvalPolicies = ["never", "on-request", "untrusted"]
    static let sandboxes = ["danger-full-access", "workspace-write", "read-only"]

    /// As the npm tool starts its threads (version 0.4.4): full access, and nothing is asked.
    let approvalPolicy: String
    let sandbox: String
    /// Given by `-c name=value`, as Codex takes them.
    let config: [String: JSON]

    init(_ new: NewSession) throws(SessionError) {
        guard new.mode == "native" else {
            throw SessionError(.invalid, "The mode \"\(new.mode)\" is not available for codex; use native.")
        }
        guard new.permissionMode == nil else {
            throw SessionError(.invalid, "--permission-mode is Claude Code's; use --approval-policy and --sandbox with codex.")
        }
        approvalPolicy = new.approvalPolicy ?? "never"
        guard Self.approvalPolicies.contains(approvalPolicy) else {
            throw SessionError(.invalid, "Unknown approval policy \"\(approvalPolicy)\": use \(Self.approvalPolicies.joined(separator: ", ")).")
        }
        sandbox = new.sandbox ?? "danger-full-access"
        guard Self.sandboxes.contains(sandbox) else {
            throw SessionError(.invalid, "Unknown sandbox \"\(sandbox)\": use \(Self.sandboxes.joined(separator: ", ")).")
        }
        config = try Self.config(from: new.agentArguments)
    }

    /// A thread of a shared server takes settings, and no other arguments of `codex`.
    static func config(from arguments: [String]) throws(SessionError) -> [String: JSON] {
        var config: [String: JSON] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument == "-c" || argument == "--config", let setting = rest.popFirst(), let equals = setting.firstIndex(of: "=") else {
                throw SessionError(.invalid, "\"\(argument)\" cannot be given to codex: a session takes settings only, as `-c name=value`.")
            }
            let name = trimmed(setting[..<equals])
            guard !name.isEmpty else { throw SessionError(.invalid, "The setting \"\(setting)\" has no name: give it as `-c name=value`.") }
            config[name] = try value(trimmed(setting[setting.index(after: equals)...]), of: name)
        }
        return config
    }

    /// As `codex -c` reads it (0.163.0): in TOML, or else as a text, its quotation marks taken off. Of TOML's forms,
    /// those that JSON has as well.
    private static func value(_ text: String, of name: String) throws(SessionError) -> JSON {
        if let json = try? JSON(parsing: text), !json.isNull { return json }
        guard text.first != "[", text.first != "{" else {
            throw SessionError(.invalid, "The value of the setting \(name) is not understood: give lists and tables as JSON.")
        }
        return .string(trimmed(text[...]) { $0 == "\"" || $0 == "'" })
    }

    private static func trimmed(_ text: Substring, _ isLeftOut: (Character) -> Bool = { $0.isWhitespace }) -> String {
        let start = text.drop(while: isLeftOut)
        return String(start.prefix(upTo: start.lastIndex { !isLeftOut($0) }.map { start.index(after: $0) } ?? start.startIndex))
    }
}
