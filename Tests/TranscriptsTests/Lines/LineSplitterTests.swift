import Testing

@testable import Transcripts

@Suite("Lines from pieces")
struct LineSplitterTests {
    private func texts(_ lines: [Line]) -> [String] { lines.map { String(decoding: $0.bytes, as: UTF8.self) } }

    @Test("cut at any two bytes, the lines and their offsets are the same")
    func everySplit() {
        let bytes = Array("eins\n\n日本 é\n\r\nx\n  last, not complete".utf8)
        var whole = LineSplitter()
        let expected = whole.split(bytes)
        #expect(texts(expected) == ["eins", "", "日本 é", "\r", "x"])
        #expect(expected.map(\.offset) == [0, 5, 6, 16, 18])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                var splitter = LineSplitter()
                let lines = splitter.split(Array(bytes[..<first])) + splitter.split(Array(bytes[first..<second]))
                    + splitter.split(Array(bytes[second...]))
                guard lines == expected, splitter.offset == 20, splitter.partialCount == 20 else {
                    Issue.record("cut at \(first) and \(second): \(texts(lines)), \(splitter.offset)")
                    return
                }
            }
        }
    }

    @Test("a line of exactly the bound passes, one byte more is thrown away however it arrives", arguments: [1, 3, 100])
    func bound(size: Int) {
        let bytes = Array("12345678\n123456789\nab\n".utf8)
        var splitter = LineSplitter(maximumLength: 8)
        var lines: [Line] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines += splitter.split(Array(bytes[start..<min(start + size, bytes.count)]))
            #expect(splitter.held <= 8)
        }
        #expect(texts(lines) == ["12345678", "ab"])
        #expect(lines.map(\.offset) == [0, 19])
        #expect(splitter.overlongLines == 1)
        #expect(splitter.held == 0)
        #expect(splitter.offset == bytes.count)
    }

    @Test("a newline is found at every place in a word of eight bytes, from either side")
    func search() {
        for length in 0...40 {
            for position in 0..<max(length, 1) where length > 0 {
                var bytes = [UInt8](repeating: 0x8A, count: length)
                bytes[position] = 0x0A
                let span = bytes.span.bytes
                #expect(span.firstNewline(from: 0) == position)
                #expect(span.firstNewline(from: position) == position)
                #expect(span.firstNewline(from: position + 1) == nil)
                #expect(span.lastNewline(before: length) == position)
                #expect(span.lastNewline(before: position) == nil)
            }
        }
        let neighbours: [UInt8] = [0x0B, 0x09, 0x8A, 0x0A, 0x0B, 0x00, 0xFF, 0x1A, 0x0A, 0x2A]
        #expect(neighbours.span.bytes.firstNewline(from: 0) == 3)
        #expect(neighbours.span.bytes.lastNewline(before: 8) == 3)
    }
}
