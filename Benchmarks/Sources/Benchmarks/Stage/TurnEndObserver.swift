import EventLoop
import Transcripts

/// Notes when the lines that end turns appear in a transcript, with a loop and watch of its own.
actor TurnEndObserver {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private var watch: DirectoryWatch?
    private var tail: TranscriptTail?
    private var times: [ContinuousClock.Instant] = []
    private var waiting: [(index: Int, continuation: CheckedContinuation<ContinuousClock.Instant, Never>)] = []

    private init() throws {
        loop = try EventLoop(name: "observer")
    }

    static func start(path: String) async throws -> TurnEndObserver {
        let observer = try TurnEndObserver()
        await observer.observe(path)
        return observer
    }

    var count: Int { times.count }

    /// When the turn ended that comes after the first `count`.
    func time(after count: Int) async throws -> ContinuousClock.Instant {
        if times.count > count { return times[count] }
        return await withCheckedContinuation { waiting.append((count, $0)) }
    }

    func close() async {
        watch?.close()
        tail?.close()
        await loop.shutdown()
    }

    private func observe(_ path: String) {
        tail = TranscriptTail(on: loop, path: path, from: .end) { [unowned self] batch in
            let now = ContinuousClock.now
            for entry in batch.entries where entry.json["subtype"]?.string == "turn_duration" { note(now) }
        }
        guard let slash = path.lastIndex(of: "/") else { return }
        watch = DirectoryWatch(on: loop, directory: String(path[..<slash])) { [unowned self] _ in tail?.look() }
        tail?.look()
    }

    private func note(_ time: ContinuousClock.Instant) {
        times.append(time)
        waiting.removeAll { wait in
            guard times.count > wait.index else { return false }
            wait.continuation.resume(returning: times[wait.index])
            return true
        }
    }
}
