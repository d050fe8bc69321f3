import JSON

/// One answer of the model: a message, or a fault in its place. Tools are named as Claude Code names its own.
public enum Reply: Sendable, Hashable {
    case message(Message)
    /// The first words, then a cut connection.
    case cutOff(after: String)
    /// An HTTP status in place of an answer.
    case failure(status: Int)
    /// An error event in the stream, after the HTTP status 200.
    case error(code: String, message: String)

    /// A message as the Messages API knows it, without its identifiers.
    public struct Message: Sendable, Hashable {
        public var content: [Block]
        public var stop: StopReason
        /// Silence before the first word; nil is for ever.
        public var silence: Duration? = .zero
        /// The time over which the words of the text come.
        public var pace: Duration = .zero

        public init(_ content: [Block], stop: StopReason = .endTurn) {
            self.content = content
            self.stop = stop
        }
    }

    public enum Block: Sendable, Hashable {
        case text(String)
        case thinking(String)
        case toolUse(name: String, input: JSON)
    }

    /// The spelling of the Messages API.
    public enum StopReason: String, Sendable, Hashable {
        case endTurn = "end_turn"
        case toolUse = "tool_use"
        case maximumTokens = "max_tokens"
        case refusal
    }

    public static func text(_ text: String) -> Reply { .message(Message([.text(text)])) }
}
