import JSON

/// A tool call that the model has made.
struct ToolCall {
    let identifier: String
    let name: String
    var input: JSON
    /// The transcript entry that it stands in.
    let entry: String
    /// The answer that it is part of.
    let message: String
}

/// What came of a tool call.
struct ToolResult {
    /// What the model sees: a text, or blocks of texts.
    var content: JSON
    var isError: Bool?
    /// `toolUseResult` of the transcript.
    var details: JSON
    var denialKind: String?
    /// `permissionDecision` of the transcript.
    var decision: JSON?
    /// Whether the user wants the turn to end with it.
    var endsTurn = false
    /// Whether it was refused before it ran.
    var isBeforeRun = false

    /// What the model makes of it.
    var text: String {
        content.string ?? (content.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }

    /// The user refused, by Escape or "No": the turn ends.
    static var rejected: ToolResult {
        ToolResult(
            content:
                "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.",
            isError: true, details: "User rejected tool use", denialKind: "user-rejected", endsTurn: true)
    }

    /// A hook refused: the model hears why.
    static func denied(by hook: String, _ message: String) -> ToolResult {
        ToolResult(
            content: .string(message), isError: true, details: .string("Error: " + message),
            denialKind: "permission-rule",
            decision: [
                "decision": "reject", "source": "hook", "reasonType": "hook", "reasonCode": .string("hook:" + hook),
            ])
    }

    /// An earlier process ended before the result was written.
    static var lost: ToolResult {
        let text: JSON =
            "[Tool call interrupted: the session ended before this call's result was recorded, so its outcome is unknown. Check whether it took effect before relying on it or running it again.]"
        return ToolResult(content: text, isError: true, details: text, denialKind: "interrupted")
    }
}
