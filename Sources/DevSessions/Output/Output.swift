import Control
import EventLoop
import JSON

/// Standard output and standard error, unbuffered.
enum Output {
    /// Writes a line.
    /// - Throws: ``ControlError`` without a message when nobody reads any more.
    static func print(_ text: String) throws(ControlError) {
        try write(text + "\n")
    }

    static func write(_ text: String) throws(ControlError) {
        do {
            try System.writeStandardOutput(Array(text.utf8))
        } catch {
            throw ControlError(.failed, error.cause == .brokenPipe ? "" : "The output cannot be written: \(error)")
        }
    }

    /// A value as `JSON.stringify(value, null, 2)` lays it out.
    static func print(json value: some Encodable) throws(ControlError) {
        try print(try encode(value).pretty)
    }

    static func print(compactJSON value: some Encodable) throws(ControlError) {
        try print(try encode(value).compact)
    }

    /// Writes a line for the user that is no result.
    static func complain(_ text: String) {
        try? System.writeStandardError(Array((text + "\n").utf8))
    }

    private static func encode(_ value: some Encodable) throws(ControlError) -> JSON {
        do {
            return try JSON.encode(value)
        } catch {
            throw ControlError(.internalError, "The result cannot be shown as JSON: \(error)")
        }
    }
}
