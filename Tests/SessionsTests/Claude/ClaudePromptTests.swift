@testable import Sessions
import Testing

/// What becomes of a message before it goes into Claude Code's input box.
@Suite struct ClaudePromptTests {
    private func prepare(_ text: String, literal: Bool = false) throws -> PreparedMessage {
        try ClaudePrompt.prepare(text, literal: literal)
    }

    @Test("a text that arrives as it is stays as it is", arguments: [
        "a", "-", "-v", "--help", ";", "a;", "#", "# x", "!", "!x", "\n!x", "~", "~/x", "a\\", "\\", "{", "}", "\"", "'", "$HOME $(id) `id`",
        "#{pane_id}", "a\tb", "\tx", "  x", "\n\nx", "e\u{301}", "\u{212B}", "/etc/passwd", "//", "//x", "/é", "/-x", "/foo.md", "x /cost",
        "> /cost", "@file", "exit now", "EXIT", "exit.", ":x", "exit\nx", "[Pasted text #1]", "/tmp/x.png", "\u{2800}", "\u{E000}", "a\u{A0}b",
    ])
    func verbatim(text: String) throws {
        let message = try prepare(text)
        #expect(message.text.utf8.elementsEqual(text.utf8))
        #expect(message.command == nil)
        #expect(message.normalizations.isEmpty)
    }

    @Test("line ends become LF and white space at the end goes, and both are told")
    func normalizations() throws {
        #expect(try prepare("a\r\nb\rc\n\rd").text.utf8.elementsEqual("a\nb\nc\n\nd".utf8))
        #expect(try prepare("a\r\nb").normalizations == ["CRLF and CR became LF"])
        for space in [" ", "\n", "\t", "\u{A0}", "\u{3000}", "\u{2028}", "\u{FEFF}", " \n\t \n"] {
            let message = try prepare(" a b" + space)
            #expect(message.text == " a b")
            #expect(message.normalizations == ["white space at the end was removed"])
        }
        #expect(try prepare("a\r\n").normalizations.count == 2)
    }

    @Test("a message without a word is refused", arguments: ["", " ", "\n\n", "\u{A0}\u{3000}"])
    func empty(text: String) {
        #expect(throws: SessionError.self) { try prepare(text) }
    }

    @Test("hidden characters are refused by name and place")
    func hidden() {
        let error = #expect(throws: SessionError.self) { try prepare("ab\u{200B}c") }
        #expect(error?.code == .undeliverable)
        #expect(error?.message.contains("U+200B (ZERO WIDTH SPACE), character 3 ") == true)
        for text in ["exit\u{200B}", "\u{2063}!x", "x\u{7}", "a\u{202E}b", "\u{200B}"] {
            #expect(throws: SessionError.self) { try prepare(text, literal: true) }
        }
    }

    @Test("a word that ends Claude is refused alone, and literally stands before a blank",
        arguments: ["exit", "quit", ":q", ":q!", ":wq", ":wq!"])
    func exitWords(word: String) throws {
        for text in [word, " \(word)", "\n\(word)", "\u{A0}\(word)", "\(word) \n"] {
            let error = #expect(throws: SessionError.self) { try prepare(text) }
            #expect(error?.code == .undeliverable)
            #expect(error?.message.contains("\"\(word)\"") == true)
        }
        let message = try prepare(word, literal: true)
        #expect(message.text == word + "\u{2800}")
        #expect(message.normalizations.count == 1)
        #expect(try prepare(word + "?").text == word + "?")
        #expect(try prepare(word.uppercased() + ".").text == word.uppercased() + ".")
    }

    @Test("a slash and a name at the start is a command", arguments: [
        ("/compact", "compact"), ("/cost x", "cost"), ("  /cost", "cost"), ("\n/cost", "cost"), ("\u{A0}/cost\nline", "cost"),
        ("/a:b-c_D1", "a:b-c_D1"), ("/123", "123"), ("/etc", "etc"),
    ])
    func commands(text: String, name: String) throws {
        let message = try prepare(text)
        #expect(message.command == name)
        #expect(message.text == text)
        let literal = try prepare(text, literal: true)
        #expect(literal.command == nil)
        #expect(literal.text == "\u{2800}" + text)
        #expect(literal.normalizations.count == 1)
    }

    @Test("a slash without a name is refused, and literally stands behind a blank", arguments: ["/", "/ foo", " / x", "/\nx"])
    func slashAlone(text: String) throws {
        #expect(throws: SessionError.self) { try prepare(text) }
        #expect(try prepare(text, literal: true).text == "\u{2800}" + text)
    }

    @Test("--literal leaves alone what is text anyway", arguments: ["x", "!x", "/etc/passwd", "exit now"])
    func literalText(text: String) throws {
        #expect(try prepare(text, literal: true) == prepare(text))
    }

    @Test("a backslash at the end is parted from Enter by a space", arguments: ["\\", "x\\", "x\\\\", "/cost \\"])
    func backslash(text: String) {
        #expect(ClaudePrompt.guarded(text) == text + " ")
        #expect(ClaudePrompt.guarded(text + "x") == text + "x")
    }

    @Test("what the agent reports is the message, with what a paste changes or without")
    func same() {
        #expect(ClaudePrompt.isSame("a\tb", as: "a\tb"))
        #expect(ClaudePrompt.isSame("a    b", as: "a\tb"))
        #expect(ClaudePrompt.isSame(" !x", as: "!x"))
        #expect(ClaudePrompt.isSame("\u{E9}", as: "e\u{301}"))
        #expect(ClaudePrompt.isSame("x\\", as: "x\\"))
        #expect(ClaudePrompt.isSame("a <\\/pasted_content>", as: "a </pasted_content>"))
        #expect(!ClaudePrompt.isSame("a b", as: "a\tb"))
        #expect(!ClaudePrompt.isSame("halfa", as: "a"))
        #expect(!ClaudePrompt.isSame("", as: "a"))
    }

    @Test("a message with something else around it is found in it")
    func contained() {
        #expect(ClaudePrompt.contains("half typed hello", "hello"))
        #expect(ClaudePrompt.contains("hellox", " hello"))
        #expect(ClaudePrompt.contains("a longer xymessage in zpieces", "a longer message in pieces"))
        #expect(!ClaudePrompt.contains("a longer message in pie", "a longer message in pieces"))
        #expect(!ClaudePrompt.contains("h_e_l_l_o", "hello"))
        #expect(!ClaudePrompt.contains("hell", "hello"))
        #expect(!ClaudePrompt.contains("anything", " "))
    }
}
