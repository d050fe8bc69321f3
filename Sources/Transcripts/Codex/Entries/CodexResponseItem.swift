import JSON

/// What was sent to the model or came from it, in the form of the Responses API.
public enum CodexResponseItem: Sendable, Hashable {
    case message(Message)
    case toolCall(ToolCall)
    case toolOutput(ToolOutput)
    case reasoning(JSON)
    /// What later versions add, with its type's name.
    case other(String, JSON)

    public struct Message: Sendable, Hashable {
        public let id: String?
        /// `user`, `assistant` or `developer`.
        public let role: String
        public let texts: [String]
        /// What each block of the content is, such as `user.text` or `environments.environment_context`; older
        /// versions do not say.
        public let kinds: [String]
    }

    public struct ToolCall: Sendable, Hashable {
        public let id: String
        public let name: String
        /// JSON for a function, any text for a custom tool.
        public let input: String
    }

    public struct ToolOutput: Sendable, Hashable {
        public let callID: String
        /// Text, or blocks of content.
        public let output: JSON
    }

    public init(_ json: JSON) {
        let callID = json["call_id"]?.string ?? ""
        switch json["type"]?.string {
        case "message":
            self = .message(Message(json))
        case "function_call":
            self = .toolCall(ToolCall(id: callID, name: json["name"]?.string ?? "", input: json["arguments"]?.string ?? ""))
        case "custom_tool_call":
            self = .toolCall(ToolCall(id: callID, name: json["name"]?.string ?? "", input: json["input"]?.string ?? ""))
        case "function_call_output", "custom_tool_call_output":
            self = .toolOutput(ToolOutput(callID: callID, output: json["output"] ?? .null))
        case "reasoning":
            self = .reasoning(json)
        case let type:
            self = .other(type ?? "", json)
        }
    }
}

extension CodexResponseItem.Message {
    init(_ json: JSON) {
        id = json["id"]?.string
        role = json["role"]?.string ?? ""
        texts = (json["content"]?.array ?? []).compactMap { $0["text"]?.string }
        let metadata = json["internal_chat_message_metadata_passthrough"]
        kinds = (metadata?["content_item_kinds"]?.array ?? []).compactMap(\.string)
    }

    /// Codex wrote it for the model in the user's name: surroundings, instructions, a goal's continuation, ….
    ///
    /// By the kinds, or in versions without them by the tags that Codex puts around such texts.
    public var isFromProgram: Bool {
        guard role == "user" else { return false }
        if !kinds.isEmpty { return !kinds.contains { $0.hasPrefix("user.") } }
        return texts.allSatisfy { text in Self.programBeginnings.contains { text.hasPrefix($0) } }
    }

    private static let programBeginnings = [
        "<environment_context>", "<user_instructions>", "# AGENTS.md instructions", "<codex_internal_context",
        "<turn_aborted>", "<skill>", "<subagent_notification>", "<user_shell_command>",
    ]
}
