import JSON

/// What the supervisor answers when it cannot do what it was asked, and what a client throws.
public struct ControlError: Error, Codable, Sendable, Hashable {
    /// JSON-RPC's own codes, and ours from -32000 down.
    public struct Code: RawRepresentable, Codable, Sendable, Hashable {
        public let rawValue: Int

        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        public static let parseError = Code(rawValue: -32700)
        public static let invalidRequest = Code(rawValue: -32600)
        public static let methodNotFound = Code(rawValue: -32601)
        public static let invalidParameters = Code(rawValue: -32602)
        public static let internalError = Code(rawValue: -32603)
        /// The command failed; `message` is what the user reads.
        public static let failed = Code(rawValue: -32000)
        /// The peers speak different versions of the protocol.
        public static let incompatible = Code(rawValue: -32001)
        /// Nobody answers on the socket, or the connection was lost.
        public static let disconnected = Code(rawValue: -32002)
        /// No session has this id.
        public static let sessionNotFound = Code(rawValue: -32003)
    }

    public var code: Code
    /// What the user reads: what happened, to which session, and what to do.
    public var message: String
    /// The exit code of the command.
    public var exitCode: Int32

    public init(_ code: Code, _ message: String, exitCode: Int32 = 1) {
        self.code = code
        self.message = message
        self.exitCode = exitCode
    }
}

/// The exit codes of `dev-sessions`.
public enum ExitCode {
    public static let success: Int32 = 0
    public static let failure: Int32 = 1
    /// The session waits for input: `wait` and `ask` print the question.
    public static let inputNeeded: Int32 = 3
    /// The time given to `wait` or `ask` is over.
    public static let timedOut: Int32 = 124
}
