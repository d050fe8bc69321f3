import EventLoop
import JSON
import Transcripts

public actor SessionsFile {
 public nonisolated let loop: EventLoop
 public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
 public init(loop: EventLoop, path: String) { self.loop = loop }
 public enum Change: Sendable { case upsert(SessionRecord), remove(String) }
 public enum ForeignChange: Sendable { case removed(String), added(SessionRecord), changed(SessionRecord) }
 public nonisolated func enqueue(_ c: Change) {}
 public func flush() async throws {}
 public func takeWarnings() -> [String] { [] }
 public func foreignChanges() async throws -> [ForeignChange] { [] }
}

final class TranscriptTail {
    enum Start { case position(TranscriptPosition), beginning }
    struct Batch { var restarted: Bool; var malformedLines: Int; var entries: [ClaudeEntry] }
    let path: String
    var identity: FileIdentity?
    var splitter = LineSplitter()
    let handler: (Batch) -> Void
    var isReading = false
    init(on: EventLoop, path: String, from: Start, handler: @escaping (Batch) -> Void) {
        self.path = path; self.handler = handler
        if case .position(let p) = from { splitter = LineSplitter(offset: p.offset) }
    }
    var position: TranscriptPosition? {
        identity.map { TranscriptPosition(path: path, device: $0.device, inode: $0.inode, offset: splitter.offset) }
    }
    func look() {
        guard let reader = try? FileReader(path: path), let now = try? reader.identity() else { return }
        identity = now
        var entries: [ClaudeEntry] = []
        var offset = splitter.offset + splitter.partialCount
        while let bytes = try? reader.read(at: offset, count: 1 << 16), !bytes.isEmpty {
            offset += bytes.count
            for line in splitter.split(bytes) where !line.isBlank {
                if let json = try? JSON(parsing: line.bytes), case let e = ClaudeEntry(json) { entries.append(e) }
            }
        }
        if !entries.isEmpty { handler(Batch(restarted: false, malformedLines: 0, entries: entries)) }
    }
    func close() {}
    func drained() async {}
}
extension ClaudeConversationReader {
    func turns() throws -> [TranscriptTurn] {
        var splitter = LineSplitter()
        var reducer = ClaudeTranscriptReducer()
        var all: [TranscriptTurn] = []
        for line in splitter.split(try FileReader.contents(of: transcript)) {
            if let json = try? JSON(parsing: line.bytes), case let e = ClaudeEntry(json) {
                for case .turnEnded(let t) in reducer.add(e) { all.append(t) }
            }
        }
        if let t = reducer.turn { all.append(t) }
        return all
    }
}
