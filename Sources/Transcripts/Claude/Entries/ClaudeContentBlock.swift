import JSON

/// One block of a message's content.
public enum ClaudeContentBlock: Sendable, Hashable {
    case text(String)
    case thinking(String)
    case toolUse(ToolUse)
    case toolResult(ToolResult)
    /// A picture, a document, or what later versions add.
    case other(JSON)

    public struct ToolUse: Sendable, Hashable {
        public let id: String
        public let name: String
        public let input: JSON
    }

    public struct ToolResult: Sendable, Hashable {
        public let toolUseID: String
        public let isError: Bool
        /// A string, or an array of blocks.
        public let content: JSON?
    }

    public init(_ json: JSON) {
        switch json["type"]?.string {
        case "text":
            self = .text(json["text"]?.string ?? "")
        case "thinking":
            self = .thinking(json["thinking"]?.string ?? "")
        case "tool_use":
            self = .toolUse(
                ToolUse(id: json["id"]?.string ?? "", name: json["name"]?.string ?? "", input: json["input"] ?? [:]))
        case "tool_result":
            self = .toolResult(
                ToolResult(
                    toolUseID: json["tool_use_id"]?.string ?? "", isError: json["is_error"]?.bool ?? false,
                    content: json["content"]))
        default:
            self = .other(json)
        }
    }

    public var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }
}
