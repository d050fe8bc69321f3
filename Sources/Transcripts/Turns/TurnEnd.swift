/// How a turn ended.
public enum TurnEnd: Sendable, Hashable {
    case completed
    /// The program gave up on a request to the model, or a command failed.
    case failed(Failure)
    /// The model refused; with the program's words for it.
    case refused(String)
    /// A person stopped it.
    case interrupted(Interruption)
    /// Stopped before the model had answered anything; the program puts such a message back into its input box.
    case cancelled
    /// The agent's process ended first.
    case cutOff

    public struct Failure: Sendable, Hashable {
        public let message: String
        /// The HTTP status, when there was a response.
        public let status: Int?
        /// The API's or the program's word for it, such as `overloaded_error`.
        public let kind: String?

        public init(message: String, status: Int? = nil, kind: String? = nil) {
            self.message = message
            self.status = status
            self.kind = kind
        }
    }

    /// What the agent was doing when a person stopped it.
    public enum Interruption: Sendable, Hashable {
        case streaming
        case tool
        /// A dialog that asked for permission was declined with Escape.
        case permission
        /// A question was declined with Escape.
        case question
    }
}
