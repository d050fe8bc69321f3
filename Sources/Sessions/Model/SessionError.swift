/// Why something could not be done to a session, in words for the user: what happened, to which session, and what to do.
public struct SessionError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// What was asked for cannot be done as asked.
        public static let invalid = Code(rawValue: "invalid")
        public static let notFound = Code(rawValue: "not-found")
        public static let alreadyExists = Code(rawValue: "already-exists")
        /// The agent cannot be started, or did not become ready.
        public static let startFailed = Code(rawValue: "start-failed")
        /// The message cannot be delivered as it is; nothing was typed.
        public static let undeliverable = Code(rawValue: "undeliverable")
        /// The agent did not take the message.
        public static let notDelivered = Code(rawValue: "not-delivered")
        /// The agent waits for input.
        public static let inputNeeded = Code(rawValue: "input-needed")
        /// Nothing waits for the answer that was given.
        public static let nothingPending = Code(rawValue: "nothing-pending")
        /// The agent is gone.
        public static let exited = Code(rawValue: "exited")
        public static let storage = Code(rawValue: "storage")
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
