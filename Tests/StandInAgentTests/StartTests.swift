import JSON
import Testing

@testable import StandInAgent

@Suite("What the stand-in agent starts with")
struct StartTests {
    @Test("a project's folder name is its path with everything but letters and digits as dashes", arguments: [
        ("/home/dev/work", "-home-dev-work"), ("/a.b_c d", "-a-b-c-d"), ("/é日", "---"), ("/😀", "---"),
    ])
    func projectName(_ path: String, _ name: String) {
        #expect(ConfigurationFolder.projectName(of: path) == name)
    }

    @Test("a long name is cut at 200 and ends with a hash")
    func longName() {
        let path = "/" + String(repeating: "a", count: 199)
        #expect(ConfigurationFolder.projectName(of: path).count == 200)
        let name = ConfigurationFolder.projectName(of: path + "b")
        #expect(name.hasPrefix("-" + String(repeating: "a", count: 199) + "-") && name.count > 201)
    }

    @Test("the command line is Claude Code's")
    func arguments() throws {
        let identifier = "6e709da6-0974-48e1-b3ed-5be55757e1da"
        let arguments = try Arguments([
            "--session-id", identifier, "--settings", "{}", "--permission-mode", "manual", "--model", "m", "hello",
        ])
        #expect(arguments.conversation == .new(identifier))
        #expect(arguments.permissionMode == .manual)
        #expect(arguments.prompt == "hello")
        #expect(try Arguments(["--resume", "x", "--dangerously-skip-permissions"]).permissionMode == .bypassed)
        #expect(throws: Arguments.Failure(message: "Error: Invalid session ID. Must be a valid UUID.")) {
            try Arguments(["--session-id", "nonsense"])
        }
        #expect(throws: Arguments.Failure(message: "error: unknown option '--nonsense'")) {
            try Arguments(["--nonsense"])
        }
    }

    @Test("hooks of all settings run together, and any of them can turn all off")
    func hooks() {
        func settings(_ command: String, matcher: String = "") -> JSON {
            ["hooks": ["Stop": [["matcher": .string(matcher), "hooks": [["type": "command", "command": .string(command)]]]]]]
        }
        let all = HookSettings([settings("one"), settings("two", matcher: "Bash|Write")])
        #expect(all.commands(for: "Stop", tool: nil).map(\.command) == ["one", "two"])
        #expect(all.commands(for: "Stop", tool: "Read").map(\.command) == ["one"])
        #expect(all.commands(for: "Other", tool: nil).isEmpty)
        #expect(HookSettings([settings("one"), ["disableAllHooks": true]]).commands(for: "Stop", tool: nil).isEmpty)
    }

    @Test("a text that begins with a path is no command", arguments: [
        ("/compact", "/compact"), (" /cost now", "/cost"), ("\u{a0}/cost", "/cost"), ("/usr/bin is a folder", nil),
        ("/etc", nil), ("> /cost", nil), ("\n\n<pasted_content id=\"1\">\n/cost", nil), ("/ x", nil),
    ])
    func commands(_ message: String, _ name: String?) {
        #expect(Agent.command(message)?.name == name)
    }
}
