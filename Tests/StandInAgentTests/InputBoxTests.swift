import Testing

@testable import StandInAgent

@Suite("The input box of the stand-in agent")
struct InputBoxTests {
    private func message(pasting pieces: String...) -> String {
        var box = InputBox()
        for piece in pieces { box.paste(piece) }
        return box.message
    }

    @Test("a paste of 800 characters and two line breaks arrives as it is")
    func plainPaste() {
        let text = String(repeating: "x", count: 800)
        #expect(message(pasting: text) == text)
        #expect(message(pasting: "one\ntwo\nthree") == "one\ntwo\nthree")
    }

    @Test("a longer paste is framed", arguments: [String(repeating: "x", count: 801), "one\ntwo\nthree\nfour"])
    func framedPaste(_ text: String) throws {
        let lines = message(pasting: text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "" && lines[1] == "" && lines[2].hasPrefix("<pasted_content id=\""))
        #expect(lines[lines.count - 2] == "</" + lines[2].dropFirst())
        #expect(lines.last == "")
        #expect(lines[3..<(lines.count - 2)].joined(separator: "\n") == text)
    }

    @Test("a long text in chunks arrives as it is")
    func chunks() {
        let lines = (0..<200).map { "line \($0)" }
        var box = InputBox()
        for line in lines { box.paste(line + "\n") }
        #expect(box.message == lines.joined(separator: "\n"))
    }

    @Test("typed text is framed when too much of it comes at once")
    func typedAtOnce() {
        var box = InputBox()
        box.type(String(repeating: "y", count: 2000))
        #expect(box.message.hasPrefix("\n\n<pasted_content"))
    }

    @Test("a paste is cleaned: line ends, tabs, controls", arguments: [
        ("a\r\nb\rc", "a\nb\nc"), ("a\tb", "a    b"), ("a\u{7}b\u{1b}c\u{7f}d", "abcd"), ("  x  \n ", "  x"),
        ("e\u{301}", "\u{e9}"),
    ])
    func cleaning(_ pasted: String, _ expected: String) {
        #expect(Array(message(pasting: pasted).unicodeScalars) == Array(expected.unicodeScalars))
    }

    @Test("a text out of an editor is not framed, composed or expanded, and `!` is text in it", arguments: [
        (String(repeating: "x", count: 100_000), String(repeating: "x", count: 100_000)), ("1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5"),
        ("a\tb", "a\tb"), ("a\r\nb\rc\u{b}d", "a\r\nb\nc\nd"), ("a\u{7}\u{1b}b", "ab"), ("a\u{200b}b", "ab"),
        ("e\u{301}", "e\u{301}"), ("!echo hi", "!echo hi"),
    ])
    func edited(_ text: String, _ expected: String) {
        var box = InputBox()
        box.type("what was there")
        box.replace(withEdited: text)
        #expect(Array(box.message.unicodeScalars) == Array(expected.unicodeScalars))
        #expect(!box.isShellCommand)
    }

    @Test("a command for the shell stays one in the editor")
    func editedCommand() {
        var box = InputBox()
        box.type("!echo hi")
        #expect(box.editableText == "echo hi")
        box.replace(withEdited: "echo there")
        #expect(box.isShellCommand && box.message == "!echo there")
    }

    @Test("what is typed after an edited text was deleted is typed")
    func typedAfterEdited() {
        var box = InputBox()
        box.replace(withEdited: "x")
        box.deleteBackward()
        box.type("!true")
        #expect(box.isShellCommand)
    }

    @Test("Control-U deletes line by line and does nothing in an empty box")
    func deleteLines() {
        var box = InputBox()
        box.paste("one\ntwo\nthree")
        box.deleteToLineStart()
        #expect(box.message == "one\ntwo")
        for _ in 0..<12 { box.deleteToLineStart() }
        #expect(box.isEmpty)
    }

    @Test("Control-U deletes a framed paste")
    func deleteFramed() {
        var box = InputBox()
        box.paste("1\n2\n3\n4\n5")
        box.deleteToLineStart()
        #expect(box.isEmpty && box.message.isEmpty)
    }

    @Test("the cursor moves within the line")
    func editing() {
        var box = InputBox()
        box.type("first\nsecnd")
        box.moveLeft()
        box.moveLeft()
        box.type("o")
        box.moveToLineStart()
        box.type(">")
        box.moveToLineEnd()
        box.deleteBackward()
        box.moveToLineStart()
        box.deleteForward()
        box.moveRight()
        box.deleteToLineEnd()
        #expect(box.message == "first\ns")
    }

    @Test("a backslash before Enter breaks the line")
    func backslash() {
        var box = InputBox()
        box.type("one\\")
        #expect(box.breakLineAtBackslash() == true)
        box.type("two")
        #expect(box.breakLineAtBackslash() == false)
        #expect(box.message == "one\ntwo")
    }

    @Test("invisible characters are taken out, but for those that join an emoji")
    func invisible() {
        var box = InputBox()
        box.paste("a\u{200b}b\u{200d}c 👩\u{200d}🚀")
        #expect(box.removeInvisibleCharacters() == 2)
        #expect(box.message == "abc 👩\u{200d}🚀")
        #expect(box.removeInvisibleCharacters() == 0)
    }

    @Test("a message taken back stands before what was written since")
    func restore() {
        var box = InputBox()
        box.type("new")
        box.restore("HANG 6")
        #expect(box.message == "HANG 6new")
    }
}
