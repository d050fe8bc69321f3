import CZstd
import EventLoop

/// Reads a file that was compressed with Zstandard, of any number of frames, from its beginning on.
///
/// Memory is bounded by the window that a frame asks for; one that asks for more than 128 MiB is refused as damaged.
final class ZstandardReader {
    /// Why the contents cannot be had: the library's words.
    struct Damage: Error, CustomStringConvertible {
        let description: String
    }

    private let file: FileReader
    private let stream: OpaquePointer
    private var fileOffset = 0
    private var input: [UInt8] = []
    private var inputOffset = 0
    private var output = [UInt8](repeating: 0, count: ZSTD_DStreamOutSize())
    /// The last piece filled the output, so that more may be waiting in the stream.
    private var holdsMore = false
    private var isAtFrameEnd = false

    init(file: FileReader) {
        self.file = file
        // Nil only when there is no memory, where Swift's own allocations end the program, too.
        stream = ZSTD_createDStream()!
    }

    deinit { ZSTD_freeDStream(stream) }

    /// The next piece, 128 KiB at most; nil at the file's end.
    /// - Throws: ``TranscriptError`` `.damaged` also for a file that ends within a frame, or is empty.
    func next() throws(TranscriptError) -> [UInt8]? {
        while true {
            if inputOffset == input.count, !holdsMore {
                try readInput()
                if input.isEmpty {
                    guard isAtFrameEnd else { throw damage("it ends too early") }
                    return nil
                }
            }
            let (status, produced) = decompress()
            guard ZSTD_isError(status) == 0 else { throw damage(String(cString: ZSTD_getErrorName(status))) }
            isAtFrameEnd = status == 0
            holdsMore = produced == output.count && !isAtFrameEnd
            if produced > 0 { return Array(output[..<produced]) }
        }
    }

    private func readInput() throws(TranscriptError) {
        do {
            input = try file.read(at: fileOffset, count: ZSTD_DStreamInSize())
        } catch {
            throw TranscriptError(.unreadable, doing: "reading \(file.path)", cause: error)
        }
        fileOffset += input.count
        inputOffset = 0
    }

    private func decompress() -> (status: Int, produced: Int) {
        input.withUnsafeBytes { source in
            output.withUnsafeMutableBytes { destination in
                var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: inputOffset)
                var to = ZSTD_outBuffer(dst: destination.baseAddress, size: destination.count, pos: 0)
                let status = ZSTD_decompressStream(stream, &to, &from)
                inputOffset = from.pos
                return (status, to.pos)
            }
        }
    }

    private func damage(_ words: String) -> TranscriptError {
        TranscriptError(.damaged, doing: "decompressing \(file.path)", cause: Damage(description: words))
    }
}

@available(*, unavailable)
extension ZstandardReader: Sendable {}
