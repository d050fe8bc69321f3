import JSON

/// What a Claude conversation says, read from its transcript without any other state.
public enum ClaudeConversation {
    /// The text blocks in a message's content, by the npm tool's rule: strings, objects with a non-empty `text` whose
    /// type is absent or `text`, and whatever stands in the `content` of other objects.
    public static func textBlocks(of content: JSON?) -> [String] {
        switch content {
        case .string(let text): return text.isEmpty ? [] : [text]
        case .array(let elements): return elements.flatMap { textBlocks(of: $0) }
        case .object(let object):
            let type = object["type"]?.string
            if let text = object["text"]?.string, !text.isEmpty, type == nil || type == "text" { return [text] }
            return textBlocks(of: object["content"])
        default: return []
        }
    }
}
