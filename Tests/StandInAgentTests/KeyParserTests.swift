import Testing

@testable import StandInAgent

@Suite("Keys of the stand-in agent")
struct KeyParserTests {
    private static let input = "hé日👍\r\u{1b}[200~a\tb\r\nc\u{1b}[31m\u{1b}[201~\u{7f}\u{15}\u{1b}[3~\u{1b}[A\n"
    private static let keys: [Key] = [
        .text("hé日👍"), .enter, .paste("a\tb\r\nc\u{1b}[31m"), .backspace, .control("u"), .delete, .up, .lineBreak,
    ]

    @Test("are the same however the bytes are cut")
    func everySplit() {
        let bytes = Array(Self.input.utf8)
        for first in 0...bytes.count {
            var parser = KeyParser()
            let keys = parser.feed(bytes[..<first]) + parser.feed(bytes[first...])
            #expect(Self.joined(keys) == Self.keys, "cut at \(first)")
        }
    }

    @Test("are the same when every byte comes alone")
    func bytes() {
        var parser = KeyParser()
        let keys = Self.input.utf8.flatMap { parser.feed([$0]) }
        #expect(Self.joined(keys) == Self.keys)
    }

    @Test("an escape byte is the Escape key only when nothing follows")
    func escape() {
        var parser = KeyParser()
        #expect(parser.feed([0x1b]) == [])
        #expect(parser.isUndecided)
        #expect(parser.flush() == [.escape])
        #expect(parser.feed(Array("\u{1b}\u{1b}x".utf8)) == [.escape, .escape, .text("x")])
        #expect(!parser.isUndecided)
    }

    @Test("a paste never ends early and is never flushed")
    func pasteStaysOpen() {
        var parser = KeyParser()
        #expect(parser.feed(Array("\u{1b}[200~text\u{1b}[201".utf8)) == [])
        #expect(parser.flush() == [])
        #expect(parser.feed(Array("~".utf8)) == [.paste("text")])
    }

    @Test("a tab and unknown sequences leave nothing")
    func ignored() {
        var parser = KeyParser()
        #expect(parser.feed(Array("\t\u{1b}[99;5u\u{1b}OPx".utf8)) == [.text("x")])
    }

    /// Text that was cut is put together again: only the cut differs.
    private static func joined(_ keys: [Key]) -> [Key] {
        keys.reduce(into: []) { result, key in
            if case .text(let more) = key, case .text(let text) = result.last {
                result[result.count - 1] = .text(text + more)
            } else {
                result.append(key)
            }
        }
    }
}
