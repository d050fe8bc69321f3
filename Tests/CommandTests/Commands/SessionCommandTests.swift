import Control
import EventLoop
import JSON
import Sessions
import Testing
import TestSupport

struct SessionCommandTests {
    private static let record: JSON = [
        "championId": "annie-top", "internalId": "u-1", "cli": "claude", "mode": "native", "path": "/work/a",
        "description": "Größe", "status": "active", "createdAt": "2026-11-24T10:00:00.000Z",
        "lastUsed": "2026-11-24T10:05:00.000Z", "claudeSystemCountAtSend": 3,
    ]
    private static let other: JSON = [
        "championId": "zed", "internalId": "u-2", "cli": "claude", "mode": "native", "path": "/w", "status": "active",
        "createdAt": "2026-11-24T10:01:00.000Z", "lastUsed": "2026-11-24T10:01:00.000Z",
    ]

    // MARK: create

    @Test("create tells the supervisor folder, options and the caller's environment")
    func createCall() async throws {
        try await Stage.with(script: { _ in [.result(Self.record)] }) { stage async throws in
            let result = try await stage.run(
                "create", "-d", "--json", "--path", "../work/.", "--trust", "--permission-mode", "plan", "--model=m",
                "--id", "annie-top", "--", "--add-dir", "/x", "--", "-p", session: "lux-mid")
            #expect(result.outputText == "Created session annie-top\n")
            let session = try #require(await stage.supervisor.calls.first).parameters["session"]
            #expect(session?["description"] == "--json")
            #expect(session?["path"] == .string(stage.home.path + "/work"))
            #expect(session?["agentArguments"] == ["--add-dir", "/x", "--", "-p"])
            #expect(session?["trust"] == true && session?["permissionMode"] == "plan" && session?["model"] == "m")
            #expect(session?["id"] == "annie-top" && session?["parent"] == "lux-mid")
            #expect(session?["environment"]?["HOME"] == .string(stage.home.path))
            #expect(session?["environment"]?["ANTHROPIC_API_KEY"] == .string(TemporaryHome.apiKey))
        }
    }

    @Test("create prints a sentence, the id, or the record")
    func createOutput() async throws {
        try await Stage.with(script: { _ in [.result(Self.record)] }) { stage async throws in
            #expect(try await stage.run("create").outputText == "Created session annie-top\n")
            #expect(try await stage.run("create", "-q").outputText == "annie-top\n")
            #expect(try await stage.run("create", "-q", "--json").outputText == Self.record.pretty + "\n")
        }
    }

    // MARK: send

    @Test("a message arrives as it is, from the command line, a file, a pipe or standard input", arguments: ["argument", "file", "pipe", "-"])
    func send(source: String) async throws {
        let text = "- a list\n\n  ünï 🌍 'quotes' $HOME `x`\\;\n"
        let sent = JSON.wire(SendCall.Result(turn: 4, state: .queued, normalizations: []))
        try await Stage.with(script: { _ in [.result(sent)] }) { stage async throws in
            let path = stage.home.path + "/message"
            try System.append(path, Array(text.utf8))
            let result = switch source {
            case "argument": try await stage.run("send", "annie-top", "--literal", "--", text, session: "lux-mid")
            case "file": try await stage.run("send", "annie-top", "--literal", "-f", path, session: "lux-mid")
            case "pipe": try await stage.throughPipe("send", "--literal", "--file=/dev/stdin", "annie-top", input: text, session: "lux-mid")
            default: try await stage.run("send", "--file", "-", "--literal", "annie-top", input: text, session: "lux-mid")
            }
            #expect(result.outputText == "Sent message to annie-top\n" && result.exit.status == 0)
            #expect(await stage.supervisor.calls == [.init(method: "send", parameters: [
                "session": "annie-top", "text": .string(text), "literal": true, "queue": false, "caller": "lux-mid",
            ])])
        }
    }

    @Test("an unknown session is an error like any other of the supervisor's")
    func notFound() async throws {
        try await Stage.with(script: { _ in [.failure(ControlError(.sessionNotFound, "Session not found: nobody"))] }) { stage async throws in
            for command in ["status", "inspect", "logs", "last-message", "kill", "interrupt", "wait", "attach"] {
                let result = try await stage.run(command, "nobody")
                #expect(result.errorText == "Session not found: nobody\n" && result.output.isEmpty && result.exit.status == 1)
            }
        }
    }

    // MARK: Reading

    @Test("list is the npm tool's table")
    func list() async throws {
        let result: JSON = ["sessions": [Self.record, Self.other], "warnings": ["[dev-sessions] something is odd"]]
        try await Stage.with(script: { _ in [.result(result)] }) { stage async throws in
            let text = try await stage.run("list")
            #expect(text.outputText == """
                ID         CLI     MODE    HOST   STATUS  PATH     DESCRIPTION  LAST USED               \n\
                ---------  ------  ------  -----  ------  -------  -----------  ------------------------\n\
                annie-top  claude  native  local  active  /work/a  Größe        2026-11-24T10:05:00.000Z\n\
                zed        claude  native  local  active  /w                    2026-11-24T10:01:00.000Z\n
                """)
            #expect(text.errorText == "[dev-sessions] something is odd\n")
            let json = try await stage.run("list", "--json", "--all")
            #expect(json.outputText == JSON.array([Self.record, Self.other]).pretty + "\n")
            #expect(await stage.supervisor.calls.map { $0.parameters["all"] } == [false, true])
        }
    }

    @Test("an empty list says so")
    func emptyList() async throws {
        try await Stage.with(script: { _ in [.result(["sessions": [], "warnings": []])] }) { stage async throws in
            #expect(try await stage.run("list").outputText == "No active sessions\n")
            #expect(try await stage.run("list", "--json").outputText == "[]\n")
        }
    }

    @Test("inspect prints the record with its fields in their order")
    func inspect() async throws {
        try await Stage.with(script: { _ in [.result(Self.record)] }) { stage async throws in
            #expect(try await stage.run("inspect", "annie-top").outputText == Self.record.pretty + "\n")
        }
    }

    @Test("status is one word, and all that is known as JSON")
    func status() async throws {
        let status = JSON.wire(SessionStatus(
            id: "annie-top", state: .waitingForInput, source: .hook, agent: .claude, agentVersion: nil, processID: 12,
            hooks: true, transcript: nil, turn: nil, queued: 0, pending: [Pending.question]))
        try await Stage.with(script: { _ in [.result(status)] }) { stage async throws in
            #expect(try await stage.run("status", "annie-top").outputText == "waiting_for_input\n")
            #expect(try await stage.run("status", "--json", "annie-top").outputText == status.pretty + "\n")
        }
    }

    @Test("last-message prints text blocks and then the pending question; as JSON only the blocks")
    func lastMessage() async throws {
        let last = JSON.wire(LastMessageCall.Result(blocks: ["one\n", "two"], pending: [Pending.question]))
        try await Stage.with(script: { _ in [.result(last)] }) { stage async throws in
            #expect(try await stage.run("last-message", "annie-top", "-n2").outputText == "one\n\n\ntwo\n\n\(Pending.question.summary)\n")
            #expect(try await stage.run("last-message", "annie-top", "--json").outputText == #"["one\n","two"]"# + "\n")
            #expect(await stage.supervisor.calls.map { $0.parameters["count"] } == [2, 1])
        }
        try await Stage.with(script: { _ in [.result(["blocks": [], "pending": []])] }) { stage async throws in
            #expect(try await stage.run("last-message", "annie-top").output.isEmpty)
            #expect(try await stage.run("last-message", "annie-top", "--json").outputText == "[]\n")
        }
    }

    @Test("logs are the npm tool's blocks, and follow what is said")
    func logs() async throws {
        let first: JSON = ["role": "human", "text": "Hi"]
        let second: JSON = ["role": "assistant", "text": "Hello\nthere"]
        let script: ScriptedSupervisor.Script = { call in
            let isFollowing = call.parameters["follow"] == true
            return isFollowing
                ? [.result(["messages": [first]]), .notification("log", ["message": second]), .notification("log", [:])]
                : [.result(["messages": [first, second]])]
        }
        try await Stage.with(script: script) { stage async throws in
            let text = "[HUMAN]\nHi\n\n[ASSISTANT]\nHello\nthere\n"
            #expect(try await stage.run("logs", "annie-top").outputText == text)
            #expect(try await stage.run("logs", "annie-top", "--follow").outputText == text)
            #expect(try await stage.run("logs", "annie-top", "--json").outputText == JSON.array([first, second]).compact + "\n")
            #expect(try await stage.run("logs", "--json", "--follow", "annie-top").outputText == "\(first.compact)\n\(second.compact)\n")
        }
        try await Stage.with(script: { _ in [.result(["messages": []])] }) { stage async throws in
            #expect(try await stage.run("logs", "annie-top").outputText == "No conversation history available\n")
        }
    }

    @Test("an answer larger than a pipe comes whole, and a reader that leaves early gets no complaint")
    func largeOutput() async throws {
        let text = String(repeating: "0123456789abcdé\n", count: 100_000)
        try await Stage.with(script: { _ in [.result(["blocks": [.string(text)], "pending": []])] }) { stage in
            let whole = try await stage.run("last-message", "annie-top")
            #expect(whole.outputText == text + "\n" && whole.errors.isEmpty)
            var piped = try stage.command([])
            piped.arguments = ["-c", #""$0" last-message annie-top | head -c 10"#, piped.executable]
            piped.executable = "/bin/sh"
            let start = try await piped.run()
            #expect(start.outputText == "0123456789" && start.errors.isEmpty)
        }
    }

    // MARK: kill

    @Test("kill says whom it ended, and goes on after a failure")
    func kill() async throws {
        let script: ScriptedSupervisor.Script = { call in
            let failures: JSON = call.parameters["purge"] == true ? [["session": "c", "message": "c cannot be ended"]] : []
            return [.result(["killed": ["a", "b"], "failures": failures])]
        }
        try await Stage.with(script: script) { stage async throws in
            let all = try await stage.run("kill", "--all")
            #expect(all.outputText == "Killed session a\nKilled session b\nKilled 2 sessions\n" && all.exit.status == 0)
            let some = try await stage.run("kill", "--older-than", "72h", "--purge")
            #expect(some.outputText == all.outputText && some.errorText == "c: c cannot be ended\n" && some.exit.status == 1)
            #expect(await stage.supervisor.calls.last?.parameters == [
                "target": ["olderThan": ["milliseconds": 259_200_000]], "purge": true,
            ])
        }
    }

    @Test("kill counts one session, and none", arguments: [
        (["a"], "Killed session a\nKilled 1 session\n"), ([], "No matching sessions to kill\n"),
    ])
    func killFew(killed: [String], output: String) async throws {
        try await Stage.with(script: { _ in [.result(["killed": .wire(killed), "failures": []])] }) { stage async throws in
            #expect(try await stage.run("kill", "--older-than", "30m").outputText == output)
        }
        try await Stage.with(script: { _ in [.result(["killed": ["a"], "failures": []])] }) { stage async throws in
            #expect(try await stage.run("kill", "a").outputText == "Killed session a\n")
        }
    }

    // MARK: respond, interrupt, attach, launch

    @Test("respond hands over a decision", arguments: [
        (["--allow"], ["allow": [:]]),
        (["--deny"], ["deny": [:]]),
        (["--deny", "--message", "not now"], ["deny": ["message": "not now"]]),
        (["--answer", "Red", "-a", "--blue"], ["answer": ["_0": ["Red", "--blue"]]]),
    ] as [([String], JSON)])
    func respond(arguments: [String], response: JSON) async throws {
        try await Stage.with(script: { _ in [.result(["answered": .wire(Pending.question)])] }) { stage async throws in
            let result = try await stage.command(["respond", "annie-top"] + arguments).run()
            #expect(result.outputText == "Responded to annie-top\n" && result.errors.isEmpty)
            #expect(await stage.supervisor.calls.first?.parameters["response"] == response)
        }
    }

    @Test("respond --json shows what is pending")
    func pending() async throws {
        let pending = JSON.wire([Pending.question])
        try await Stage.with(script: { $0.method == "pending" ? [.result(pending)] : [.leave] }) { stage async throws in
            #expect(try await stage.run("respond", "annie-top", "--json").outputText == pending.pretty + "\n")
        }
    }

    @Test("interrupt says whether there was anything to stop", arguments: [
        (true, "Interrupted annie-top\n"), (false, "Nothing to interrupt on annie-top\n"),
    ])
    func interrupt(interrupted: Bool, output: String) async throws {
        try await Stage.with(script: { _ in [.result(["interrupted": .bool(interrupted)])] }) { stage async throws in
            #expect(try await stage.run("interrupt", "annie-top").outputText == output)
        }
    }

    @Test("attach becomes the program that shows the terminal")
    func attach() async throws {
        try await Stage.with(script: { _ in [.result(["command": ["printf", "%s", "shown"]])] }) { stage async throws in
            #expect(try await stage.run("attach", "annie-top").outputText == "shown")
        }
    }

    @Test("launch becomes the agent, with the environment that it is given, its terminal's kind, and nothing else")
    func launch() async throws {
        let plan = JSON.wire(LaunchPlan(
            directory: "/usr", executable: "/bin/sh", arguments: ["-c", "pwd; env"], environment: ["ONLY": "this", "PWD": "/usr"]))
        try await Stage.with(script: { _ in [.result(plan)] }) { stage async throws in
            let result = try await stage.run("launch", "--state-directory", stage.stateDirectory.path, "annie-top")
            #expect(Set(result.outputText.split(separator: "\n")) == ["/usr", "ONLY=this", "PWD=/usr", "TERM=xterm-256color"])
        }
    }

    @Test("the editor hands over the message, leaves the file alone, or is the person's own", arguments: [
        (["write": ["_0": "the\tmessage 🌍"]], "the\tmessage 🌍"),
        (["leave": [:]], "draft"),
        (["person": [:]], "draft, edited"),
    ] as [(JSON, String)])
    func editor(answer: JSON, content: String) async throws {
        try await Stage.with(script: { _ in [.result(answer)] }) { stage in
            let file = stage.home.path + "/draft"
            try System.append(file, Array("draft".utf8))
            let editor = try await stage.makeScript("my editor", #"printf ', edited' >> "$1""#)
            var command = try stage.command(["editor", "--state-directory", stage.stateDirectory.path, file], session: "annie-top")
            command.environment["DEV_SESSIONS_EDITOR"] = "'\(editor)'"
            #expect(try await command.run().exit.status == 0)
            #expect(String(decoding: try System.readFile(file), as: UTF8.self) == content)
            #expect(await stage.supervisor.calls == [.init(method: "editor", parameters: ["session": "annie-top"])])
        }
    }

    @Test("an editor that one of the agent's tools runs is the person's own, whatever is being delivered")
    func editorOfTool() async throws {
        try await Stage.with(script: { _ in [.result(["write": ["_0": "a message"]])] }) { stage in
            let file = stage.home.path + "/commit"
            try System.append(file, Array("draft".utf8))
            let editor = try await stage.makeScript("my editor", #"printf ', edited' >> "$1""#)
            var command = try stage.command(["editor", "--state-directory", stage.stateDirectory.path, file], session: "annie-top")
            command.environment["DEV_SESSIONS_EDITOR"] = "'\(editor)'"
            command.environment["CLAUDECODE"] = "1"
            #expect(try await command.run().exit.status == 0)
            #expect(String(decoding: try System.readFile(file), as: UTF8.self) == "draft, edited")
            #expect(await stage.supervisor.calls.isEmpty)
        }
    }

    @Test("an agent that cannot be launched leaves the reason in its pane")
    func launchFails() async throws {
        let plan = JSON.wire(LaunchPlan(directory: "/", executable: "/no/agent", arguments: [], environment: [:]))
        try await Stage.with(script: { _ in [.result(plan)] }) { stage async throws in
            let result = try await stage.run("launch", "--state-directory", stage.stateDirectory.path, "annie-top")
            #expect(result.errorText == "annie-top cannot be started: executing /no/agent: no such file or directory\n")
            #expect(result.exit.status == 127)
        }
    }
}

enum Pending {
    static let question = PendingInput(
        id: "1", kind: .question, tool: "AskUserQuestion", input: nil,
        questions: [.init(text: "Which colour?", header: nil, options: [.init(label: "Red", description: "warm"), .init(label: "Blue", description: nil)], multiSelect: false)],
        answerable: true, since: 0)
}
