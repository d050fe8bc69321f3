/// Why a test could not even begin.
public struct TestSupportError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// A program that the test needs is not there.
        case missing
        /// A condition did not become true in time.
        case deadline
        /// A program failed that the test only uses.
        case commandFailed
    }

    public let code: Code
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
