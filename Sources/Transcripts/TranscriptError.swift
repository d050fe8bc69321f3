/// What went wrong with a transcript: with one of its lines, or with reading it.
public struct TranscriptError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        /// The line is no JSON object; the cause says where.
        public static let malformedLine = Code(description: "malformed line")
        /// The line is longer than the reader's bound.
        public static let overlongLine = Code(description: "line too long")
        /// The file system refused.
        public static let unreadable = Code(description: "cannot be read")
        /// A compressed file does not hold what it should: it is truncated, or its bytes have changed.
        public static let damaged = Code(description: "damaged")
        /// A file on which another one builds is missing.
        public static let incomplete = Code(description: "incomplete")
    }

    public let code: Code
    /// What was being done, for people.
    public let doing: String
    public let cause: (any Error)?

    public init(_ code: Code, doing: String, cause: (any Error)? = nil) {
        self.code = code
        self.doing = doing
        self.cause = cause
    }

    public var description: String {
        "\(doing): \(cause.map { "\($0)" } ?? code.description)"
    }
}
