/// What is wrong with JSON text, or with a value that does not have the expected shape.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        public static let unexpectedEnd = Code(description: "unexpected end")
        public static let unexpectedByte = Code(description: "unexpected byte")
        public static let invalidNumber = Code(description: "invalid number")
        public static let invalidString = Code(description: "invalid string")
        public static let invalidUTF8 = Code(description: "invalid UTF-8")
        public static let tooDeep = Code(description: "nested too deeply")
        public static let missingKey = Code(description: "missing key")
        public static let wrongType = Code(description: "wrong type")
        public static let invalidValue = Code(description: "invalid value")
    }

    public let code: Code
    /// For text: the offset in bytes of what is wrong.
    public let offset: Int?
    /// For a value: the keys (and indices) that lead to it, outermost first.
    public let path: [String]
    /// More about it, for people.
    public let detail: String?
    /// The error of the type that was decoded or encoded, where it threw its own.
    public let cause: (any Error)?

    init(_ code: Code, offset: Int) {
        self.code = code
        self.offset = offset
        path = []
        detail = nil
        cause = nil
    }

    init(_ code: Code, path: [any CodingKey], detail: String, cause: (any Error)? = nil) {
        self.code = code
        offset = nil
        self.path = path.map { $0.intValue.map(String.init) ?? $0.stringValue }
        self.detail = detail
        self.cause = cause
    }

    public var description: String {
        var text = "JSON: \(code)"
        if let offset { text += " at byte \(offset)" }
        if !path.isEmpty { text += " at \(path.joined(separator: "."))" }
        if let detail { text += ": \(detail)" }
        return text
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.offset == right.offset && left.path == right.path
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(offset)
        hasher.combine(path)
    }
}
