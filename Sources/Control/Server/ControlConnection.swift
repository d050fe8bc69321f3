import EventLoop
import Transcripts

/// One client's connection: its lines, and the calls of it that are under way. On the loop only.
final class ControlConnection {
    private let stream: ByteStream
    /// No call is longer than a message, and no answer is held for a client that does not read it.
    private var splitter = LineSplitter(maximumLength: 64 << 20)
    private static let unreadLimit = 64 << 20
    private var isClosed = false
    var isGreeted = false
    /// They are cancelled when the client leaves.
    var calls: [Int64: Task<Void, Never>] = [:]

    init(stream: ByteStream) {
        self.stream = stream
    }

    var peerProcessID: Int32? { stream.peerProcessID() }

    func lines(in bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        splitter.split(bytes).map(\.bytes)
    }

    func write(_ envelope: Envelope) {
        guard !isClosed else { return }
        stream.write(envelope.line)
    }

    /// The client does not read what it asked to be told, or sends what no client of ours sends.
    var isHopeless: Bool { stream.queuedBytes > Self.unreadLimit || splitter.overlongLines > 0 }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        for call in calls.values { call.cancel() }
        calls.removeAll()
        stream.close()
    }
}
