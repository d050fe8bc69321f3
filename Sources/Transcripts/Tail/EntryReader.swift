import EventLoop

/// Reads what is new in a file, in steps of bounded size: a value that a thread of the pool may borrow.
///
/// The file stays open, so that its inode cannot be given to another one that takes its path.
struct EntryReader<Entry: TranscriptEntry>: Sendable {
    /// How many bytes are read at once. What is more than that is read and parsed off the loop.
    static var step: Int { 256 << 10 }

    private struct Opened {
        let file: FileReader
        let identity: FileIdentity
    }

    let path: String
    private let maximumLineLength: Int
    private var splitter: LineSplitter
    private var opened: Opened?
    /// Where to begin in the first file that is opened; any later one is read from its beginning.
    private var start: TailStart?
    private var overlongLines = 0
    private var lastProblem: String?

    init(path: String, from start: TailStart, maximumLineLength: Int) {
        self.path = path
        self.start = start
        self.maximumLineLength = maximumLineLength
        splitter = LineSplitter(maximumLength: maximumLineLength)
    }

    /// Where the first line begins that has not been delivered; `nil` while there is no file.
    var position: TranscriptPosition? {
        opened.map {
            TranscriptPosition(
                path: path, device: $0.identity.device, inode: $0.identity.inode, offset: splitter.offset)
        }
    }

    private var readOffset: Int { splitter.offset + splitter.partialCount }

    /// How many bytes the next steps have to deal with: those that are new, and those of a line not complete yet.
    var backlog: Int {
        guard let now = FileIdentity.of(path: path) else { return splitter.held }
        guard let opened, opened.identity.isSameFile(now), now.size >= readOffset else { return now.size }
        return now.size - readOffset + splitter.held
    }

    /// Reads the next bytes; `isBehind` says whether there are more.
    mutating func read() -> (batch: EntryBatch<Entry>, isBehind: Bool) {
        var batch = EntryBatch<Entry>()
        do {
            let isBehind = try read(into: &batch)
            lastProblem = nil
            return (batch, isBehind)
        } catch {
            if lastProblem != error.description {
                batch.problem = TranscriptError(.unreadable, doing: "reading \(path)", cause: error)
            }
            lastProblem = error.description
            return (batch, false)
        }
    }

    private mutating func read(into batch: inout EntryBatch<Entry>) throws(EventLoopError) -> Bool {
        let now = FileIdentity.of(path: path)
        if let now, opened.map({ !$0.identity.isSameFile(now) }) ?? true { try open(&batch) }
        if now == nil, start == .end { start = .beginning }
        guard let file = opened?.file else { return false }

        if try file.identity().size < readOffset {
            splitter = LineSplitter(maximumLength: maximumLineLength)
            overlongLines = 0
            batch.restarted = true
        }
        let bytes = try file.read(at: readOffset, count: Self.step)
        take(bytes, into: &batch)
        if bytes.count == Self.step { return true }
        // What had been written before the file was deleted has been read by now.
        if now == nil { opened = nil }
        return false
    }

    private mutating func open(_ batch: inout EntryBatch<Entry>) throws(EventLoopError) {
        let file = try FileReader(path: path)
        let identity = try file.identity()
        let offset: Int
        switch start {
        case .beginning:
            offset = 0
        case .end:
            offset = try ReverseLineReader(file: file, size: identity.size).endOfLastCompleteLine()
        case .position(let position)
        where position.device == identity.device && position.inode == identity.inode && position.offset <= identity.size:
            offset = position.offset
        case .position, nil:
            offset = 0
            batch.restarted = true
        }
        start = nil
        opened = Opened(file: file, identity: identity)
        splitter = LineSplitter(offset: offset, maximumLength: maximumLineLength)
        overlongLines = 0
    }

    private mutating func take(_ bytes: [UInt8], into batch: inout EntryBatch<Entry>) {
        for line in splitter.split(bytes) where !line.isBlank && !Entry.isIgnorable(line: line.bytes) {
            do {
                batch.entries.append(try Entry(line: line.bytes))
                batch.offsets.append(line.offset)
            } catch {
                batch.skip(error)
            }
        }
        let overlong = splitter.overlongLines - overlongLines
        if overlong > 0 {
            batch.skip(TranscriptError(.overlongLine, doing: "reading \(path)"), lines: overlong)
            overlongLines = splitter.overlongLines
        }
    }
}
