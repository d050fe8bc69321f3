/// Cuts a stream of bytes into lines, whatever the pieces in which it arrives.
///
/// What follows the last newline is kept until its newline arrives. A line longer than the bound is thrown away as it
/// arrives and counted, so that memory stays bounded whatever is written.
public struct LineSplitter: Sendable {
    /// 256 MiB: a pasted picture or a tool's output makes lines of tens of megabytes.
    public static let defaultMaximumLength = 256 << 20

    /// Where the line begins that is not complete yet: the place to go on from.
    public private(set) var offset: Int
    /// How many lines were thrown away because they were longer than the bound.
    public private(set) var overlongLines = 0

    private let maximumLength: Int
    private var partial: [UInt8] = []
    /// How many bytes of the incomplete line were thrown away.
    private var discarded = 0

    public init(offset: Int = 0, maximumLength: Int = defaultMaximumLength) {
        self.offset = offset
        self.maximumLength = maximumLength
    }

    /// How many bytes of the incomplete line have been seen.
    public var partialCount: Int { partial.count + discarded }

    /// The bytes of the incomplete line that are held.
    public var held: Int { partial.count }

    /// Takes the next bytes; returns the lines that they complete, empty ones included.
    public mutating func split(_ bytes: [UInt8]) -> [Line] {
        var lines: [Line] = []
        var start = 0
        while let newline = bytes.span.bytes.firstNewline(from: start) {
            if let line = complete(with: bytes[start..<newline]) { lines.append(line) }
            start = newline + 1
        }
        keep(bytes[start...])
        return lines
    }

    private mutating func complete(with rest: ArraySlice<UInt8>) -> Line? {
        defer { offset += 1 }
        guard discarded == 0, partial.count + rest.count <= maximumLength else {
            offset += partialCount + rest.count
            overlongLines += 1
            partial = []
            discarded = 0
            return nil
        }
        let line: Line
        if partial.isEmpty {
            line = Line(offset: offset, bytes: rest)
        } else {
            partial.append(contentsOf: rest)
            line = Line(offset: offset, bytes: partial[...])
            partial = []
        }
        offset += line.bytes.count
        return line
    }

    private mutating func keep(_ rest: ArraySlice<UInt8>) {
        if discarded > 0 {
            discarded += rest.count
        } else if partial.count + rest.count > maximumLength {
            discarded = partial.count + rest.count
            partial = []
        } else {
            partial.append(contentsOf: rest)
        }
    }
}
