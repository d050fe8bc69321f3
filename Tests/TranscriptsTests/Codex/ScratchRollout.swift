import CZstd
import Foundation

@testable import Transcripts

/// A rollout in a folder of its own, which goes with it.
final class ScratchRollout {
    private let file: ScratchFile
    let path: String

    init(bytes: [UInt8], compressed: Bool = false) throws {
        file = try ScratchFile()
        path = file.folder.path + (compressed ? "/rollout.jsonl.zst" : "/rollout.jsonl")
        try Data(compressed ? Zstandard.compress(bytes) : bytes).write(to: URL(filePath: path))
    }

    var history: CodexHistory { CodexHistory(file: path) }
}

/// The compressing side, which the program itself has no use for.
enum Zstandard {
    /// One frame, with a checksum if wanted, as Codex does not write one.
    static func compress(_ bytes: [UInt8], checksum: Bool = false) -> [UInt8] {
        let context = ZSTD_createCCtx()
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checksum ? 1 : 0)
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let size = ZSTD_compress2(context, &output, output.count, bytes, bytes.count)
        precondition(ZSTD_isError(size) == 0)
        return Array(output[..<size])
    }
}
