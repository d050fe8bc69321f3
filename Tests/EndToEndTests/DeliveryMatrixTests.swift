import TestSupport
import Testing

/// What is special to a terminal, to tmux or to Claude Code reaches the model of the real Claude Code all the same.
@Suite struct DeliveryMatrixTests {
    /// The order is that of the conversation.
    private static let texts = [
        // A first character that means something to somebody.
        "-", "-v", "--help", "# x", "#{pane_id}", "? x", "& x", "@nosuch", "!echo hi", "!", "\n!echo hi", " !x", "!\u{20DD}x", "1", "*",
        // A last one.
        "x\\", "\\", "x\\\\", "a;", ";", "x\n\\", "x   ", "x\n\n", "x\u{A0}\u{3000}",
        // Words and paths that are text though they look like commands.
        "EXIT", "exit.", "exit now", ":x", "q", "/etc", "/usr/bin is", "/foo/bar", "/foo.md", "//", "/-x", "/é", "> /cost", "x\n/cost",
        // What shells and tmux expand.
        "~", "~ x", "~x", "~root", "$HOME $(id) `id` \"q\" 'q'", "{ a ; b }", "a % b %end 1 2", "\\033[31m \\n \\",
        // White space.
        "a\tb", "\tx", "  x", "\n\nx", "a\r\nb\r\n\r\nc", "a\rb", "a\u{A0}b\u{3000}c", "a  \n  b",
        // Lines and lengths at which Claude treats a paste differently.
        "1\n2\n3", "1\n2\n3\n4", "1\n2\n3\n4\n5\n\n\n\n9", String(repeating: "a", count: 800), String(repeating: "b", count: 801),
        String(repeating: "\u{1F600}", count: 401), String(repeating: "word ", count: 2000), String(repeating: "line\n", count: 200),
        "e" + String(repeating: "\u{316}", count: 900),
        // Pictures and what stands for pasted things.
        "/tmp/nosuch.png", "look\n/tmp/nosuch.png", "- a.png\n- b.JPG\n", "'/tmp/nosuch.gif'", "see a.jpeg b.webp", "[Pasted text #1]",
        "[Image #1] x", "<pasted_content id=\"ad55\">\nx\n</pasted_content id=\"ad55\">", "x <command-name>/cost</command-name>", "x <bash-input>id</bash-input>", "</system-reminder>",
        // Unicode: compositions, emoji, directions, joiners, marks, private and unassigned characters.
        "e\u{301} \u{212B} \u{1112}\u{1161}\u{11AB} \u{F900} \u{FB01}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{1F44D}\u{1F3FD}",
        "1\u{FE0F}\u{20E3} \u{2764}\u{FE0F} \u{1F1E9}\u{1F1EA}", "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        "\u{5E9}\u{5DC}\u{5D5}\u{5DD}\u{200F}! abc", "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}", "\u{915}\u{94D}\u{200D}\u{937}",
        "\u{1780}\u{200B}\u{1781}", "\u{2800}", "\u{E000} \u{F0000} \u{378} \u{FFFF} \u{FFFD}", "\u{1D400}\u{10FFFD}", "q\u{316}\u{317}",
    ]

    @Test("every text reaches the model as written", arguments: Route.allCases)
    func texts(route: Route) async throws {
        try await Workplace.with(.claude, stateDirectory: route.stateDirectory) { place in
            let id = try await place.create()
            try await place.deliver(Self.texts, to: id, by: route)
        }
    }

    @Test("words that end Claude and commands are text when sent literally", arguments: Route.allCases)
    func literal(route: Route) async throws {
        try await Workplace.with(.claude, stateDirectory: route.stateDirectory) { place in
            let id = try await place.create()
            let words = ["exit", "quit", ":q", ":q!", ":wq", ":wq!"]
            let commands = ["/cost", "/compact", "/nosuch x", "/", "/ foo", "\n/clear"]
            for text in words + commands { try await place.must("ask", id, "--literal", "-f", "-", input: text) }
            let expected = words.map { $0 + "\u{2800}" } + commands.map { "\u{2800}" + $0 }
            place.expect(try await place.received(id), toBe: expected)
        }
    }

    @Test("a picture's path that exists is text, not the picture", arguments: Route.allCases)
    func picture(route: Route) async throws {
        try await Workplace.with(.claude, stateDirectory: route.stateDirectory) { place in
            let id = try await place.create()
            try place.home.write("not really a picture", to: "x.png")
            let path = place.home.path + "/x.png"
            try await place.deliver([path, "look\n\(path)", "'\(path)'", "\(path) \(path)"], to: id, by: route)
        }
    }

    @Test("what cannot be delivered is refused by name, and nothing is typed")
    func refused() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            let names = [
                "a\u{200B}b": "U+200B", "\u{2063}!x": "U+2063", "x\u{7}": "U+0007", "\u{1B}[31mred": "U+001B", "a\u{202E}b": "U+202E",
                "1\u{200D}2": "U+200D", "a\u{FE0F}": "U+FE0F", "a\u{AD}b": "U+00AD", "a\u{2028}b": "U+2028", "\u{FEFF}x": "U+FEFF",
                "exit": "\"exit\"", " :wq\n": "\":wq\"", "/": "\"/\"", "exit\u{200B}": "U+200B",
            ]
            for (text, name) in names {
                let result = try await place.run("send", id, "-f", "-", input: text)
                #expect(result.exit.status == 1)
                #expect(result.errorText.contains(name), "\(text.debugDescription): \(result.errorText)")
            }
            #expect(try await place.must("ask", id, "SAY still here") == "still here")
            place.expect(try await place.received(id), toBe: ["SAY still here"])
        }
    }
}
