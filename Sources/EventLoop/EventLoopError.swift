/// What this module throws: what went wrong, what was being done, and what the system said.
public struct EventLoopError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure, to decide by. May grow.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String { case closed, cancelled, timedOut, notFound, refused, inUse, tooLong, invalid, system }
        private let value: Value

        /// The handle or the loop was closed before.
        public static let closed = Code(value: .closed)
        /// The handle or the loop was closed while the operation was under way.
        public static let cancelled = Code(value: .cancelled)
        /// A deadline passed.
        public static let timedOut = Code(value: .timedOut)
        /// The file, program, socket or process does not exist.
        public static let notFound = Code(value: .notFound)
        /// Nobody listens there, or the other side has gone away.
        public static let refused = Code(value: .refused)
        /// Somebody else has the address or the lock.
        public static let inUse = Code(value: .inUse)
        /// A path, line or output is longer than it may be.
        public static let tooLong = Code(value: .tooLong)
        /// An argument cannot be used, such as an address that is not numeric.
        public static let invalid = Code(value: .invalid)
        /// Any other error of the system; `cause` says which.
        public static let system = Code(value: .system)

        public var description: String { value.rawValue }

        /// For an error without a word from the system.
        fileprivate var explanation: String {
            switch value {
            case .closed: "it was closed before"
            case .cancelled: "it was closed meanwhile"
            case .timedOut: "the time was over"
            case .notFound: "there is none"
            case .refused: "nobody is there"
            case .inUse: "somebody else has it"
            case .tooLong: "it is too long"
            case .invalid: "it cannot be used"
            case .system: "the system refused"
            }
        }
    }

    public let code: Code
    /// What was being done and to what, such as `connecting to /run/example.sock`.
    public let operation: String
    /// What the operating system said, where it was asked.
    public let cause: SystemError?

    public init(_ code: Code, _ operation: String, cause: SystemError? = nil) {
        self.code = code
        self.operation = operation
        self.cause = cause
    }

    /// The code follows from the system's error.
    public init(_ operation: String, cause: SystemError) {
        self.init(cause.code, operation, cause: cause)
    }

    /// From a status as libuv returns it: a negated errno, or a number of libuv's own.
    init(_ operation: String, status: Int32) {
        self.init(operation, cause: SystemError(status: status))
    }

    public var description: String {
        "\(operation): \(cause?.message ?? code.explanation)"
    }
}
