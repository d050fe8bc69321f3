/// An open file that is read from any place. Closes with its last reference.
public final class FileReader: Sendable {
    private let descriptor: Int32
    public let path: String

    /// - Throws: `.notFound` when there is no such file.
    public init(path: String) throws(EventLoopError) {
        self.path = path
        descriptor = try System.openForReading(path)
    }

    deinit { System.close(descriptor) }

    /// What was opened, as it is now: another file may have taken its path.
    public func identity() throws(EventLoopError) -> FileIdentity {
        guard let state = System.state(of: descriptor) else {
            throw EventLoopError("looking at \(path)", cause: System.lastError)
        }
        return state.identity
    }

    /// At most `count` bytes from `offset` on; fewer, or none, only at the file's end.
    public func read(at offset: Int, count: Int) throws(EventLoopError) -> [UInt8] {
        var bytes = try System.read(descriptor, at: offset, count: count, path)
        while bytes.count < count {
            let more = try System.read(descriptor, at: offset + bytes.count, count: count - bytes.count, path)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// All of a file at once.
    /// - Throws: `.tooLong` when it has more than `limit` bytes.
    public static func contents(of path: String, limit: Int = 64 << 20) throws(EventLoopError) -> [UInt8] {
        let reader = try FileReader(path: path)
        // Some files, such as those in /proc, have contents but no size.
        let size = max(try reader.identity().size, 4096)
        guard size <= limit else { throw EventLoopError(.tooLong, "reading \(path)") }
        var bytes: [UInt8] = []
        while true {
            let more = try reader.read(at: bytes.count, count: size + 1)
            bytes += more
            guard bytes.count <= limit else { throw EventLoopError(.tooLong, "reading \(path)") }
            if more.count <= size { return bytes }
        }
    }
}
