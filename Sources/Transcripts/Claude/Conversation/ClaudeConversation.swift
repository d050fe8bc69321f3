import EventLoop
import JSON

/// What a Claude conversation says, read from its transcript without any other state. Blocking: for the pool.
///
/// A transcript that does not exist is an empty conversation: Claude Code makes it with the first message.
public struct ClaudeConversation: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// One entry's text, as `logs` shows it.
    public struct Message: Sendable, Hashable {
        /// Of a `user` entry, a tool's result included; otherwise the assistant's.
        public let isHuman: Bool
        public let text: String
    }

    /// Everything that was said, in order, as the npm tool's `logs` has it: every user and assistant entry with text
    /// is a message of its own, its blocks joined by blank lines.
    public func messages() throws(TranscriptError) -> [Message] {
        var messages: [Message] = []
        try forEachEntry { entry in
            let text = entry.textBlocks.joined(separator: "\n\n")
            if let role = entry.role, !text.isEmpty { messages.append(Message(isHuman: role == .user, text: text)) }
            return true
        }
        return messages
    }

    /// The assistant's last text blocks, oldest first.
    ///
    /// - Parameters:
    ///   - count: how many at most.
    ///   - turn: only those of this turn: its prompt id, or the uuid of its first entry. What a turn's background
    ///     agents led to when they had ended counts as part of it. With `nil`, those of the whole conversation.
    public func lastMessages(count: Int, turn: String? = nil) throws(TranscriptError) -> [String] {
        if let turn { return try Array(texts(ofTurn: turn).suffix(count)) }
        var blocks: [String] = []
        try forEachEntryBackwards { entry, _ in
            if entry.role == .assistant { blocks += entry.textBlocks.reversed() }
            return blocks.count < count
        }
        return blocks.prefix(count).reversed()
    }
}

extension ClaudeEntry {
    enum Role { case user, assistant }

    /// Whose words the entry holds, if it is one that people read.
    fileprivate var role: Role? {
        switch type {
        case .user where !isSidechain: .user
        case .assistant where !isSidechain && !isSyntheticFiller: .assistant
        default: nil
        }
    }

    fileprivate var textBlocks: [String] { Self.textBlocks(of: json["message"]?["content"] ?? json["content"]) }

    /// The text blocks in a message's content, by the npm tool's rule: strings, objects with a non-empty `text` whose
    /// type is absent or `text`, and whatever stands in the `content` of other objects.
    static func textBlocks(of content: JSON?) -> [String] {
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
