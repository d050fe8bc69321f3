import EventLoop
import Transcripts

/// Notes when the lines that end turns appear in a transcript, with a loop and watch of its own.
actor TranscriptObserver: TurnEndObserver {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    var ends = TurnEnds()
    private var watch: DirectoryWatch?
    private var tail: TranscriptTail?

    private init() throws {
        loop = try EventLoop(name: "observer")
    }

    static func start(path: String) async throws -> TranscriptObserver {
        let observer = try TranscriptObserver()
        await observer.observe(path)
        return observer
    }

    func close() async {
        watch?.close()
        tail?.close()
        await loop.shutdown()
    }

    private func observe(_ path: String) {
        tail = TranscriptTail(on: loop, path: path, from: .end) { [unowned self] batch in
            let now = ContinuousClock.now
            for entry in batch.entries where entry.json["subtype"]?.string == "turn_duration" { ends.note(now) }
        }
        guard let slash = path.lastIndex(of: "/") else { return }
        watch = DirectoryWatch(on: loop, directory: String(path[..<slash])) { [unowned self] _ in tail?.look() }
        tail?.look()
    }
}
