/// A complete line of a file.
public struct Line: Sendable, Hashable {
    /// Where the line begins in the file, in bytes.
    public let offset: Int
    /// Without the newline.
    public let bytes: ArraySlice<UInt8>

    public init(offset: Int, bytes: ArraySlice<UInt8>) {
        self.offset = offset
        self.bytes = bytes
    }

    /// Where the next line begins.
    public var end: Int { offset + bytes.count + 1 }

    public var isBlank: Bool {
        bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
    }
}
