import EventLoop
import Synchronization

/// A Claude transcript as it grows.
public typealias TranscriptTail = EntryTail<ClaudeEntry>

/// Follows a file of one entry a line, and delivers what is new in it.
///
/// It watches nothing itself: its owner, an actor on the loop, calls ``look(isolation:)`` whenever the file may have
/// changed. What it finds depends on the file alone and not on why it looked, so a missed event costs nothing.
///
/// Up to 256 KB are read and parsed at once, within the call; more than that on a thread of the pool, in steps, so
/// that the loop is never held up. Batches come in order in either case. A tail belongs to its owner and is used on
/// the loop's thread only.
public final class EntryTail<Entry: TranscriptEntry> {
    public typealias Batch = EntryBatch<Entry>
    public typealias Start = TailStart

    private let loop: EventLoop
    private let deliver: (Batch) -> Void
    private let reader: SharedReader<Entry>
    private var isReading = false
    private var looksAgain = false
    private var isClosed = false
    private var drains: [CheckedContinuation<Void, Never>] = []

    /// - Parameters:
    ///   - path: need not exist yet.
    ///   - maximumLineLength: a longer line is skipped and counted as malformed.
    ///   - deliver: called on the loop's thread, from within ``look(isolation:)`` or later.
    public init(
        on loop: EventLoop, path: String, from start: Start,
        maximumLineLength: Int = LineSplitter.defaultMaximumLength, deliver: @escaping (Batch) -> Void
    ) {
        self.loop = loop
        self.deliver = deliver
        reader = SharedReader(EntryReader(path: path, from: start, maximumLineLength: maximumLineLength))
    }

    /// Behind the last line that was delivered or skipped; `nil` while there is no file. To go on from here later,
    /// store it once the batch has been dealt with.
    public private(set) var position: TranscriptPosition?

    /// Whether bytes are being read off the loop, so that what was delivered is not all there is.
    public var isBehind: Bool { isReading }

    /// Reads what is new. A look during another one makes that look once more.
    public func look(isolation: isolated any Actor = #isolation) {
        precondition(loop.isCurrent, "a tail is used on its loop's thread only")
        guard !isClosed else { return }
        guard !isReading else { return looksAgain = true }
        if reader.backlog <= EntryReader<Entry>.step, !tell(reader.step()) { return }
        isReading = true
        Task {
            // Named here, the parameter keeps the task on the owner.
            _ = isolation
            await catchUp()
        }
    }

    /// Looks once more, and returns when all that is there now has been delivered.
    public func drain(isolation: isolated any Actor = #isolation) async {
        look()
        if isReading { await withCheckedContinuation { drains.append($0) } }
    }

    /// Nothing is delivered after this.
    public func close() {
        isClosed = true
        endDrains()
    }

    private func endDrains() {
        for drain in drains { drain.resume() }
        drains.removeAll()
    }

    private func catchUp() async {
        var isBehind = true
        while isBehind || looksAgain, !isClosed {
            looksAgain = false
            // The loop refuses only when it is shut down.
            guard let step = try? await loop.offload({ [reader] in reader.step() }) else { break }
            isBehind = tell(step)
        }
        isReading = false
        endDrains()
    }

    /// - Returns: whether there is more to read.
    private func tell(_ step: SharedReader<Entry>.Step) -> Bool {
        guard !isClosed else { return false }
        position = step.position
        if step.batch.isWorthTelling { deliver(step.batch) }
        return step.isBehind
    }
}

@available(*, unavailable)
extension EntryTail: Sendable {}

/// The reader, lent to one thread at a time. It is never copied: the copy of a long line's beginning would be, too.
private final class SharedReader<Entry: TranscriptEntry>: Sendable {
    struct Step: Sendable {
        let batch: EntryBatch<Entry>
        let isBehind: Bool
        let position: TranscriptPosition?
    }

    private let reader: Mutex<EntryReader<Entry>>

    init(_ reader: EntryReader<Entry>) { self.reader = Mutex(reader) }

    var backlog: Int { reader.withLock { $0.backlog } }

    func step() -> Step {
        reader.withLock { reader in
            let (batch, isBehind) = reader.read()
            return Step(batch: batch, isBehind: isBehind, position: reader.position)
        }
    }
}
