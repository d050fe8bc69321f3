import JSON

/// What this module throws: the kind of failure, what was being done, and what the other side said.
public struct CodexError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, to decide by. May grow.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// No `codex` is installed, or it is too old for what is needed.
        public static let missing = Code(rawValue: "missing")
        /// The server could not be started.
        public static let startFailed = Code(rawValue: "start-failed")
        /// Nobody listens there.
        public static let refused = Code(rawValue: "refused")
        /// The server wants another token, or one at all.
        public static let unauthorized = Code(rawValue: "unauthorized")
        /// What came is not WebSocket, or not JSON-RPC.
        public static let protocolViolation = Code(rawValue: "protocol-violation")
        /// A message is longer than its limit.
        public static let tooLarge = Code(rawValue: "too-large")
        /// The connection ended: whether the request was carried out is not known.
        public static let connectionLost = Code(rawValue: "connection-lost")
        /// It was closed from this side.
        public static let closed = Code(rawValue: "closed")
        /// No answer within the deadline: whether the request was carried out is not known.
        public static let timedOut = Code(rawValue: "timed-out")
        /// The server has too much to do, also after several attempts.
        public static let overloaded = Code(rawValue: "overloaded")
        /// The server answered with an error; `response` has it.
        public static let rejected = Code(rawValue: "rejected")
    }

    /// A JSON-RPC error as it came.
    public struct Response: Sendable, Hashable {
        public let code: Int
        public let message: String
        public let data: JSON?

        public init(code: Int, message: String, data: JSON? = nil) {
            self.code = code
            self.message = message
            self.data = data
        }
    }

    public let code: Code
    /// What was being done, such as `thread/start` or `connecting to /run/codex.sock`.
    public let operation: String
    public let reason: String
    public let response: Response?

    public init(_ code: Code, while operation: String, reason: String, response: Response? = nil) {
        self.code = code
        self.operation = operation
        self.reason = reason
        self.response = response
    }

    public var description: String { "\(operation): \(reason)" }

    /// The server finishes the turns that it runs, takes nothing new, and ends then: it answers what only reads, and
    /// refuses to start a turn or to resume a thread (codex-cli 0.163.0).
    public var isServerEnding: Bool { response?.data?["reason"]?.string == "serverShuttingDown" }

    /// No server is there any more, and none can be started: what ran in it is over.
    public var isServerGone: Bool { code == .missing || code == .startFailed }
}
