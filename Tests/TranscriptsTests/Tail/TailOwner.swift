import EventLoop
import Foundation
import JSON

@testable import Transcripts

/// An actor on a loop that follows a file and remembers what it was told.
actor EntryTailOwner<Entry: TranscriptEntry> {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private(set) var batches: [EntryBatch<Entry>] = []
    private var tail: EntryTail<Entry>?
    private var waiters: [(condition: (EntryTailOwner) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []

    init(on loop: EventLoop) { self.loop = loop }

    func follow(_ path: String, from start: TailStart = .beginning, maximumLineLength: Int = 1 << 30) {
        tail = EntryTail(on: loop, path: path, from: start, maximumLineLength: maximumLineLength) { [unowned self] batch in
            precondition(loop.isCurrent)
            batches.append(batch)
            wake()
        }
    }

    /// Looks, and returns what is new once all of it has been read.
    @discardableResult
    func lookForEntries(times: Int = 1) async -> [Entry] {
        let seen = batches.count
        for _ in 0..<times { tail?.look() }
        while tail?.isBehind == true { await loop.yieldOnce() }
        return batches[seen...].flatMap(\.entries)
    }

    /// Looks without waiting for what is read off the loop.
    func glance() -> Bool {
        tail?.look()
        return tail?.isBehind == true
    }

    func wait(until condition: @escaping @Sendable (isolated EntryTailOwner) -> Bool) async {
        if condition(self) { return }
        await withCheckedContinuation { continuation in
            waiters.append(({ owner in owner.assumeIsolated { condition($0) } }, continuation))
        }
    }

    private func wake() {
        let ready = waiters.filter { $0.condition(self) }
        waiters.removeAll { $0.condition(self) }
        for waiter in ready { waiter.continuation.resume() }
    }

    var position: TranscriptPosition? { tail?.position }
    var entries: [Entry] { batches.flatMap(\.entries) }
    var last: EntryBatch<Entry>? { batches.last }
    var malformedLines: Int { batches.reduce(0) { $0 + $1.malformedLines } }
    func close() { tail?.close() }
}

typealias TailOwner = EntryTailOwner<ClaudeEntry>

/// Of files with numbered entries.
extension EntryTailOwner<ClaudeEntry> {
    /// Looks, and returns the numbers in what is new once all of it has been read.
    @discardableResult
    func look(times: Int = 1) async -> [Int] { await lookForEntries(times: times).compactMap { $0.json["n"]?.int } }

    var numbers: [Int] { entries.compactMap { $0.json["n"]?.int } }
}

extension EventLoop {
    /// One turn of the loop.
    fileprivate func yieldOnce() async { try? await sleep(for: .milliseconds(1)) }
}

/// A file in a folder of its own, which goes with it.
final class ScratchFile {
    let folder: URL
    let path: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "transcript-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appending(path: "session.jsonl").path
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func append(_ bytes: [UInt8]) throws {
        if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    func append(_ text: String) throws { try append(Array(text.utf8)) }

    /// Numbered entries.
    func append(numbers: some Sequence<Int>) throws {
        try append(numbers.map { Self.line($0) }.joined())
    }

    static func line(_ number: Int) -> String { "{\"type\":\"note\",\"n\":\(number),\"text\":\"日本 é 😀\"}\n" }

    func truncate(to size: Int = 0) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: path))
        try handle.truncate(atOffset: UInt64(size))
        try handle.close()
    }

    func replace(with text: String) throws {
        let other = path + ".new"
        try Data(text.utf8).write(to: URL(filePath: other))
        guard rename(other, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    func delete() throws { try FileManager.default.removeItem(atPath: path) }
}

/// A loop that is shut down when the test is over.
func withLoop<Result: Sendable>(_ body: (EventLoop) async throws -> Result) async throws -> Result {
    let loop = try EventLoop()
    do {
        let result = try await body(loop)
        await loop.shutdown()
        return result
    } catch {
        await loop.shutdown()
        throw error
    }
}
