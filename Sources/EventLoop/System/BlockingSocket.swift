/// A client of a Unix socket for programs without a loop: every call waits.
public final class BlockingSocket {
    private let descriptor: Int32
    private let path: String
    private var received: [UInt8] = []
    private var position = 0

    /// - Throws: `.notFound`, `.refused` when nobody listens, `.tooLong` (see `System.socketPathLimit`).
    public init(path: String) throws(EventLoopError) {
        self.path = path
        descriptor = try System.connectUnixSocket(path)
    }

    /// Returns when the kernel has all bytes.
    /// - Parameter deadline: `.timedOut` is thrown after it; some of the bytes may have been written by then.
    public func write(_ bytes: [UInt8], deadline: ContinuousClock.Instant? = nil) throws(EventLoopError) {
        var position = 0
        while position < bytes.count {
            try wait(toWrite: true, until: deadline)
            position += try System.send(descriptor, bytes[position...], path)
        }
    }

    /// The next line, without its line feed; nil at the end. A last line without a line feed counts.
    /// - Parameters:
    ///   - limit: in bytes; `.tooLong` is thrown for a longer line.
    ///   - deadline: `.timedOut` is thrown after it; the bytes that came are kept for the next call.
    public func readLine(
        limit: Int = 64 << 20, deadline: ContinuousClock.Instant? = nil
    ) throws(EventLoopError) -> [UInt8]? {
        var searched = position
        while true {
            if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return Array(received[position..<end])
            }
            guard received.count - position <= limit else { throw EventLoopError(.tooLong, "reading a line from \(path)") }
            received.removeSubrange(..<position)
            position = 0
            searched = received.count
            try wait(toWrite: false, until: deadline)
            let bytes = try System.read(descriptor, count: 64 * 1024, path)
            if bytes.isEmpty {
                defer { received = [] }
                return received.isEmpty ? nil : received
            }
            received += bytes
        }
    }

    private func wait(toWrite: Bool, until deadline: ContinuousClock.Instant?) throws(EventLoopError) {
        let left = deadline.map { Int32(clamping: ($0 - .now).wholeMilliseconds) } ?? -1
        guard try System.wait(descriptor, toWrite: toWrite, milliseconds: left) else {
            throw EventLoopError(.timedOut, toWrite ? "writing to \(path)" : "reading from \(path)")
        }
    }

    /// Waits until the other side closes, or sends something.
    /// - Returns: false when the time was over first.
    public func waitForEvent(deadline: ContinuousClock.Instant) throws(EventLoopError) -> Bool {
        if position < received.count { return true }
        let left = Int32(clamping: (deadline - .now).wholeMilliseconds)
        return try System.wait(descriptor, toWrite: false, milliseconds: left)
    }

    deinit { System.close(descriptor) }
}

@available(*, unavailable)
extension BlockingSocket: Sendable {}
