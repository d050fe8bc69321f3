import Testing

@testable import Tmux

@Suite("Commands as text")
struct TmuxCommandTests {
    @Test("plain words stay plain, everything else is quoted")
    func quoting() throws {
        #expect(try TmuxCommand("has-session", "-t", "=dev-foo").rendered() == #"has-session -t "=dev-foo""#)
        #expect(try TmuxCommand("set-buffer", "").rendered() == #"set-buffer """#)
        #expect(try TmuxCommand("set-buffer", "a\"b\\c$d~e'f").rendered() == #"set-buffer "a\"b\\c\$d\~e'f""#)
        #expect(try TmuxCommand("set-buffer", "a\nb\t\u{1}\u{7F}").rendered() == #"set-buffer "a\012b\011\001\177""#)
        #expect(try TmuxCommand("set-buffer", "é ; { # } %").rendered() == #"set-buffer "é ; { # } %""#)
    }

    @Test("a command is one line, whatever its arguments hold")
    func oneLine() throws {
        let everything = String(String.UnicodeScalarView((1...0x2FF).compactMap(Unicode.Scalar.init)))
        let line = try TmuxCommand("set-buffer", everything).rendered()
        #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F })
    }

    @Test("a NUL character is refused")
    func nul() {
        #expect(throws: TmuxError.self) { try TmuxCommand("set-buffer", "a\0b").rendered() }
    }

    @Test("commands are joined, and nested in braces")
    func nesting() throws {
        let command = TmuxCommand.when(
            "#{==:#{pane_pid},7}", pane: "%5",
            then: [TmuxCommand("a", "}"), TmuxCommand("b")], otherwise: [TmuxCommand("c")])
        #expect(
            try TmuxCommand.line([command, TmuxCommand("d")])
                == ##"if-shell -F -t "%5" "#{==:#{pane_pid},7}" { a "}" ; b } { c } ; d"##)
    }

    @Test(
        "a literal in a format has its number signs doubled, except before a bracket",
        arguments: [("a#b", "a##b"), ("##", "####"), ("#[x]", "#[x]"), ("##[x##", "##[x####"), ("#{pid}", "##{pid}"), ("", "")])
    func formatLiteral(text: String, format: String) {
        #expect(TmuxFormat.literal(text) == format)
    }
}
