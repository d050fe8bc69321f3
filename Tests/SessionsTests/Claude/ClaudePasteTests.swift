@testable import Sessions
import Testing

/// A text as bracketed pastes, by what Claude Code 2.1.329 does with them.
@Suite struct ClaudePasteTests {
    private static let texts = [
        "a", "a b", "one\ntwo", "one\ntwo\nthree\nfour\nfive\n\n\n\nnine", String(repeating: "x", count: 701),
        String(repeating: "\u{1F44D}\u{1F3FD}", count: 400), String(repeating: "line\n", count: 300) + "end",
        "e" + String(repeating: "\u{316}", count: 2000), "/tmp/a.png", "- a.png\n- B.JPEG\nc.webp d.gif", "\n\n\n", "~", "",
    ]

    @Test("the pieces are the text", arguments: texts)
    func whole(text: String) {
        #expect(ClaudePaste.chunks(of: text).joined().utf8.elementsEqual(text.utf8))
    }

    @Test("no piece is so long, or has so many lines, that Claude frames it as pasted", arguments: texts)
    func short(text: String) {
        for chunk in ClaudePaste.chunks(of: text) {
            #expect(!chunk.isEmpty)
            #expect(chunk.utf16.count <= 700)
            #expect(chunk.unicodeScalars.count { $0 == "\n" } <= 2)
        }
    }

    @Test("length counts in UTF-16 units")
    func units() {
        #expect(ClaudePaste.chunks(of: String(repeating: "x", count: 700)).count == 1)
        #expect(ClaudePaste.chunks(of: String(repeating: "x", count: 701)).map(\.count) == [700, 1])
        #expect(ClaudePaste.chunks(of: String(repeating: "\u{1F600}", count: 351)).map(\.count) == [350, 1])
    }

    @Test("characters stay whole", arguments: ["\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "\u{1F1E9}\u{1F1EA}", "e\u{316}"])
    func characters(character: String) {
        let chunks = ClaudePaste.chunks(of: String(repeating: character, count: 700))
        #expect(chunks.count > 1)
        #expect(chunks.reduce(0) { $0 + $1.count } == 700)
    }

    @Test("a picture's name never ends a line of a piece", arguments: [".png", ".jpg", ".jpeg", ".gif", ".webp", ".PNG", ".JpEg"])
    func pictures(ending: String) {
        for text in ["/tmp/x\(ending)", "look\n/tmp/x\(ending)\nat it", "'/a\(ending)' b\(ending)", ending, "x\(ending)\u{301}"] {
            for chunk in ClaudePaste.chunks(of: text) {
                #expect(!chunk.lowercased().unicodeScalars.map(String.init).joined().contains(ending.lowercased()))
            }
        }
        #expect(ClaudePaste.chunks(of: "a.svg b.pdf c.mp4") == ["a.svg b.pdf c.mp4"])
    }

    @Test("pasting changes tabs, composition and a leading exclamation mark")
    func changes() {
        #expect(ClaudePaste.text("a\tb").utf8.elementsEqual("a    b".utf8))
        #expect(ClaudePaste.text("e\u{301} \u{212B}").utf8.elementsEqual("\u{E9} \u{C5}".utf8))
        #expect(ClaudePaste.text("!x") == " !x")
        #expect(ClaudePaste.text("!\u{20DD}x").unicodeScalars.first == " ")
        #expect(ClaudePaste.text("\n!x") == "\n!x")
        #expect(ClaudePaste.text("\u{FB01} \u{1E9B}\u{2F800}").utf8.elementsEqual("\u{FB01} \u{1E9B}\u{4E3D}".utf8))
    }
}
