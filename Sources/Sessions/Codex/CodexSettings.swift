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
            let value = String(setting[setting.index(after: equals)...])
            config[String(setting[..<equals])] = (try? JSON(parsing: value)) ?? .string(value)
        }
        return config
    }
}
