import EventLoop

/// The lines of a file from the last one backwards, reading only the blocks in which they stand.
public struct ReverseLineReader: Sendable {
    /// 64 KB; doubled while a line's beginning is still not in sight, so that a long line costs no more than its length.
    static let blockSize = 64 << 10

    private let file: FileReader
    /// Where `buffer` begins in the file.
    private var start: Int
    /// What has been read and not been returned yet.
    private var buffer: [UInt8] = []
    private var isFresh = true
    /// How many bytes have been read from the file.
    public private(set) var bytesRead = 0

    /// - Parameter size: how much of the file counts; for one that grows, its size at the beginning.
    public init(file: FileReader, size: Int) {
        self.file = file
        start = size
    }

    /// The next line, going backwards; `nil` at the file's beginning. A last line without a newline is returned too.
    public mutating func next() throws(EventLoopError) -> Line? {
        try skipFinalNewline()
        var searched = buffer.count
        while true {
            if let newline = buffer.span.bytes.lastNewline(before: searched) {
                let line = Line(offset: start + newline + 1, bytes: ArraySlice(Array(buffer[(newline + 1)...])))
                buffer.removeSubrange(newline...)
                return line
            }
            if start == 0 { break }
            searched = try readBlock()
        }
        guard !isFinished else { return nil }
        isFinished = true
        defer { buffer = [] }
        return Line(offset: 0, bytes: buffer[...])
    }

    /// Where the first line begins that has no newline yet: the size, if the file ends with one.
    public func endOfLastCompleteLine() throws(EventLoopError) -> Int {
        var reader = self
        guard start > 0, try file.read(at: start - 1, count: 1) != [UInt8(ascii: "\n")] else { return start }
        return try reader.next()?.offset ?? 0
    }

    private var isFinished = false

    /// The newline that ends the last line is not the beginning of another one.
    private mutating func skipFinalNewline() throws(EventLoopError) {
        guard isFresh else { return }
        isFresh = false
        guard start > 0 else { return isFinished = true }
        _ = try readBlock()
        if buffer.last == UInt8(ascii: "\n") { buffer.removeLast() }
    }

    /// - Returns: how many bytes are new, at the buffer's beginning.
    private mutating func readBlock() throws(EventLoopError) -> Int {
        let count = min(start, max(Self.blockSize, buffer.count))
        let block = try file.read(at: start - count, count: count)
        bytesRead += block.count
        start -= count
        buffer = block + buffer
        return block.count
    }
}
