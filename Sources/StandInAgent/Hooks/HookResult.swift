import JSON

/// What a hook command said.
struct HookResult: Sendable {
    let command: String
    let status: Int32
    let output: String
    let errors: String
    let milliseconds: Int

    /// The structured answer, if it gave one.
    var answer: JSON? { status == 0 ? try? JSON(parsing: output) : nil }

    /// Exit status 2 stops what the hook was asked about.
    var isRefusal: Bool { status == 2 }

    /// PreToolUse's answer: `allow`, `deny` or `ask`.
    var permissionDecision: String? { answer?["hookSpecificOutput"]?["permissionDecision"]?.string }
    var permissionReason: String { answer?["hookSpecificOutput"]?["permissionDecisionReason"]?.string ?? errors }

    /// What the tool is to get in place of its input.
    var updatedInput: JSON? {
        answer?["hookSpecificOutput"]?["updatedInput"] ?? answer?["hookSpecificOutput"]?["decision"]?["updatedInput"]
    }

    /// PermissionRequest's answer: `allow` or `deny`.
    var requestDecision: String? { answer?["hookSpecificOutput"]?["decision"]?["behavior"]?.string }
    var requestMessage: String { answer?["hookSpecificOutput"]?["decision"]?["message"]?.string ?? "Permission denied" }

    /// Stop's answer: why the turn has to go on.
    var reasonToContinue: String? { answer?["decision"]?.string == "block" ? answer?["reason"]?.string : nil }
}
