import Foundation
import TestSupport
import Testing

@testable import Tmux

@Suite("Arguments reach tmux verbatim")
struct QuotingTests {
    static let texts = [
        "plain", " leading and trailing ", "\"double\" 'single' `back`", "back\\slash\\", "\\", "\\n \\t \\012 \\u00e9 \\e",
        "$HOME ${HOME} $(date) $", "~ ~/x ~root", "a ~ b", ";", "a;", "\\;", "a ; b", ";; kill-server",
        "# comment", "#{pid} #(date) #[x] ##", "{ } {a} }{", "%1 %% %H %if %end 1 2 1", "-dash", "--", "-b", "=x", "!bang",
        "a\nb\n", "\n", "\r\n", "tab\there", "\u{1}\u{2}\u{7}\u{8}\u{1B}[31m\u{1F}\u{7F}", "\u{80}\u{9F}\u{A0}\u{AD}",
        "é ü ß 你好 😀 👨‍👩‍👧 עברית \u{202E}rtl\u{202C} \u{FEFF}\u{200B}", "\u{10FFFF}\u{FFFD}\u{E000}", "if-shell { x",
        String(String.UnicodeScalarView((1...0x24F).compactMap(Unicode.Scalar.init))),
        String(repeating: "long \"$\\~ é\n", count: 10_000),
    ]

    @Test("a buffer holds exactly what was set, at the top level and within braces")
    func buffers() async throws {
        try await TmuxFixture.with { fixture in
            let path = fixture.home.path + "/buffer"
            for (index, text) in Self.texts.enumerated() {
                let commands = [
                    TmuxCommand("set-buffer", "-b", "quoting", "--", text),
                    TmuxCommand("save-buffer", "-b", "quoting", path),
                ]
                for commands in [commands, [.when("1", pane: "%0", then: commands, otherwise: [])]] {
                    let replies = try await fixture.server.run([commands], while: "testing", startsServer: true)
                    #expect(!replies.contains { $0.isError }, "text \(index): \(replies)")
                    let saved = try Array(Data(contentsOf: URL(filePath: path)))
                    #expect(saved == Array(text.utf8), "text \(index)")
                }
            }
        }
    }

    @Test("a program gets exactly its arguments, without a shell")
    func programArguments() async throws {
        let arguments = Self.texts.filter { $0.utf8.count < 1000 } + [""]
        try await TmuxFixture.with(configuration: TmuxFixture.hostileConfiguration) { fixture in
            let path = fixture.home.path + "/arguments"
            let script = "for a; do printf '%s\\000' \"$a\"; done > \"$0.new\"; mv \"$0.new\" \"$0\"; exec sleep 1000"
            let pane = try await fixture.server.createSession(
                name: "dev-arguments", windowName: "agent", directory: "/",
                command: ["sh", "-c", script, path] + arguments)
            try await eventually("the arguments") { FileManager.default.fileExists(atPath: path) }
            let expected: [UInt8] = arguments.flatMap { [UInt8]($0.utf8) + [0] }
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == expected)

            try FileManager.default.removeItem(atPath: path)
            _ = try await fixture.server.respawn(
                pane.identity, directory: "/", command: ["sh", "-c", script, path] + arguments, killing: true)
            try await eventually("the arguments") { FileManager.default.fileExists(atPath: path) }
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == expected)
        }
    }

    @Test("a directory and a window's name are not expanded as formats")
    func directories() async throws {
        try await TmuxFixture.with { fixture in
            let names = ["a b", "#{pid}", "#[x]", "##[x] ##", "#(date)#", "%H", "~", "$HOME", "#,}", "é😀", "it's \"q\" ;"]
            for (index, name) in names.enumerated() {
                let folder = try fixture.home.makeWorkFolder(name)
                let pane = try await fixture.server.createSession(
                    name: "dev-\(index)", windowName: name, directory: folder, command: ["sleep", "1000"])
                try await eventually("the program to be in \(folder)") {
                    try await fixture.server.currentDirectory(of: pane.identity) == folder
                }
                #expect(try await fixture.tmux("list-windows", "-t", "=dev-\(index)", "-F", "#{window_name}") == name)
            }
        }
    }
}
