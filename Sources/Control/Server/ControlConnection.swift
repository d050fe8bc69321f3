import EventLoop
import JSON
import Transcripts

/// One client's connection: its lines, and the calls of it that are under way. On the loop only.
final class ControlConnection {
    private let stream: ByteStream
    private var splitter = LineSplitter()
    private var calls: [Int64: Task<Void, Never>] = [:]
    private var isClosed = false
    var isGreeted = false

    init(stream: ByteStream) {
        self.stream = stream
    }

    var peerProcessID: Int32? { stream.peerProcessID() }

    func lines(in bytes: [UInt8]) -> [[UInt8]] {
        splitter.append(bytes)
    }

    /// Runs a call; it is cancelled when the client leaves.
    func run(_ id: Int64, _ body: sending @escaping () async -> Void) {
        calls[id] = Task { [weak self] in
            await body()
            self?.calls[id] = nil
        }
    }

    func write(_ envelope: Envelope) {
        guard !isClosed else { return }
        stream.write(envelope.line)
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        for call in calls.values { call.cancel() }
        calls.removeAll()
        stream.close()
    }
}
