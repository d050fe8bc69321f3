import EventLoop
import Testing

@testable import Transcripts

@Suite("Lines from the end")
struct ReverseLineReaderTests {
    private func lines(of file: ScratchFile) throws -> (lines: [Line], bytesRead: Int) {
        let opened = try FileReader(path: file.path)
        var reader = ReverseLineReader(file: opened, size: try opened.identity().size)
        var lines: [Line] = []
        while let line = try reader.next() { lines.append(line) }
        return (lines, reader.bytesRead)
    }

    @Test(
        "they are the lines from the beginning, turned round",
        arguments: ["", "\n", "a\n", "\n\n", "a\n\nb\n", "\na\n", "eins\nzwei\ndrei\n"])
    func small(text: String) throws {
        let file = try ScratchFile()
        try file.append(text)
        var splitter = LineSplitter()
        #expect(try lines(of: file).lines == splitter.split(Array(text.utf8)).reversed())
    }

    @Test("a last line without a newline is one")
    func unfinished() throws {
        let file = try ScratchFile()
        try file.append("a\nb")
        #expect(try lines(of: file).lines.map(\.offset) == [2, 0])
    }

    @Test("lines longer and shorter than a block come out whole, and nothing is read twice")
    func blocks() throws {
        let file = try ScratchFile()
        let block = ReverseLineReader.blockSize
        var text = ""
        for length in [1, block - 1, block, block + 1, 5 * block, 0, 3, 20 * block, 7, 2 * block - 2] {
            text += String(repeating: "x", count: length) + "\n"
        }
        try file.append(text)
        var splitter = LineSplitter()
        let (found, bytesRead) = try lines(of: file)
        #expect(found == splitter.split(Array(text.utf8)).reversed())
        #expect(bytesRead == text.utf8.count)
    }
}
