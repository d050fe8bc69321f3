import EventLoop

/// A rollout's contents from the beginning on, in pieces, whether it is compressed or not.
struct RolloutBytes {
    private enum Source {
        case plain(FileReader, offset: Int)
        case compressed(ZstandardReader)
    }

    private static let pieceSize = 1 << 20
    private var source: Source

    init(file: FileReader, isCompressed: Bool) {
        source = isCompressed ? .compressed(ZstandardReader(file: file)) : .plain(file, offset: 0)
    }

    /// - Returns: nil at the end.
    mutating func next() throws(TranscriptError) -> [UInt8]? {
        switch source {
        case .compressed(let reader):
            return try reader.next()
        case .plain(let file, let offset):
            let bytes: [UInt8]
            do {
                bytes = try file.read(at: offset, count: Self.pieceSize)
            } catch {
                throw TranscriptError(.unreadable, doing: "reading \(file.path)", cause: error)
            }
            source = .plain(file, offset: offset + bytes.count)
            return bytes.isEmpty ? nil : bytes
        }
    }
}
