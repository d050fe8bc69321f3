import CZstd
import EventLoop
import Foundation
import Testing

@testable import Transcripts

@Suite("Zstandard", .timeLimit(.minutes(2)))
struct ZstandardTests {
    /// What a file with these bytes decompresses to.
    private func decompress(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = try ScratchFile()
        try file.append(bytes)
        let reader = ZstandardReader(file: try FileReader(path: file.path))
        var contents: [UInt8] = []
        while let piece = try reader.next() {
            #expect((1...131_072).contains(piece.count))
            contents += piece
        }
        #expect(try reader.next() == nil)
        return contents
    }

    private func code(_ bytes: [UInt8]) -> TranscriptError.Code? {
        do {
            _ = try decompress(bytes)
            return nil
        } catch {
            return (error as? TranscriptError)?.code
        }
    }

    private func noise(_ count: Int) -> [UInt8] {
        var state: UInt64 = 42
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
    }

    @Test("contents come back, of any size, whether they can be made smaller or not", arguments: [0, 1, 131_071, 131_072, 131_073, 262_144, 1_000_000])
    func sizes(_ count: Int) throws {
        for contents in [noise(count), [UInt8](repeating: 7, count: count)] {
            #expect(try decompress(Zstandard.compress(contents)) == contents)
        }
    }

    @Test("frames follow one another, empty and skippable ones between them")
    func frames() throws {
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
        let pieces = [noise(200_000), [], Array("two\n".utf8), [UInt8](repeating: 1, count: 131_072)]
        let bytes = pieces.flatMap { Zstandard.compress($0) + skippable }
        #expect(try decompress(bytes) == pieces.flatMap { $0 })
        #expect(try decompress(skippable) == [])
    }

    @Test("a file that ends too early is damaged, wherever it was cut")
    func truncated() {
        let bytes = Zstandard.compress(Array("line one\nline two, which is longer\n".utf8), checksum: true)
        for length in 0..<bytes.count { #expect(code(Array(bytes[..<length])) == .damaged, "\(length)") }
        #expect(code(bytes) == nil)
        for length in 1..<bytes.count { #expect(code(bytes + bytes[..<length]) == .damaged, "\(length)") }
    }

    @Test("a changed byte never leads to other contents")
    func changed() throws {
        let contents = Array("line one\nline two, which is longer\n".utf8)
        let bytes = Zstandard.compress(contents, checksum: true)
        for index in bytes.indices {
            for bit in 0..<8 {
                var changed = bytes
                changed[index] ^= 1 << UInt8(bit)
                if code(changed) != .damaged { #expect(try decompress(changed) == contents) }
            }
        }
    }

    @Test("something else, and a frame that asks for too much memory, are damaged")
    func refused() {
        #expect(code(Array("{\"type\":\"session_meta\"}\n".utf8)) == .damaged)
        // A window of 256 MiB.
        #expect(code([0x28, 0xB5, 0x2F, 0xFD, 0x00, 18 << 3, 0x01, 0x00, 0x00]) == .damaged)
    }

    @Test("what is damaged says which file, and why")
    func words() throws {
        let file = try ScratchFile()
        try file.append(Array(Zstandard.compress(Array("text".utf8)).dropLast()))
        let reader = ZstandardReader(file: try FileReader(path: file.path))
        let error = #expect(throws: TranscriptError.self) { while try reader.next() != nil {} }
        #expect(error?.description == "decompressing \(file.path): it ends too early")
    }
}
