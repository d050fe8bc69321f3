import JSON

/// The message of a user or assistant entry, in the form of the Messages API.
///
/// Claude Code writes one assistant entry per content block; entries of one message share its `id`.
public struct ClaudeMessage: Sendable, Hashable {
    public let json: JSON.Object

    public init(_ json: JSON.Object) { self.json = json }

    public var id: String? { json["id"]?.string }
    public var role: String? { json["role"]?.string }
    /// `"<synthetic>"` when the program made the message up.
    public var model: String? { json["model"]?.string }
    /// `end_turn`, `tool_use`, `max_tokens`, `stop_sequence`, `refusal`; `nil` when unknown, as always in older versions.
    public var stopReason: String? { json["stop_reason"]?.string }

    /// The blocks; content that is a plain string is one block of text.
    public var content: [ClaudeContentBlock] {
        switch json["content"] {
        case .string(let text): [.text(text)]
        case .array(let blocks): blocks.map(ClaudeContentBlock.init)
        default: []
        }
    }

    /// The text blocks, joined by newlines.
    public var text: String {
        content.compactMap(\.text).joined(separator: "\n")
    }
}
