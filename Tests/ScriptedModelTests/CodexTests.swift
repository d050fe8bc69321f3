import Foundation
import JSON
import ScriptedModel
import TestSupport
import Testing

@Suite("The real Codex on the scripted model", .enabled(if: RealAgents.codex != nil), .timeLimit(.minutes(3)))
struct CodexTests {
    /// A model, a Codex server, and a thread.
    private struct Rig {
        let model: ScriptedModel
        let home: TemporaryHome
        let folder: String
        var codex: CodexProcess
        let thread: String

        init(_ parameters: JSON.Object = [:]) async throws {
            model = try await ScriptedModel.start()
            home = try TemporaryHome()
            folder = try home.makeWorkFolder("project")
            try home.configureCodex(model: model.openAIBaseURL)
            codex = try await CodexProcess.start(in: home, directory: folder)
            thread = try await codex.startThread(in: folder, parameters)
        }

        func stop() async {
            await codex.stop()
            await model.stop()
        }
    }

    @Test("does what its messages say", arguments: [
        ("SAY hello", "hello"), ("SLOW 500ms one  two", "one  two"), ("THINK deeply", "deeply"),
        ("TOOL echo from tool", "tool done: from tool"), ("TEXTTOOL echo from tool", "tool done: from tool"),
        ("MULTI", "tool done: one | two"), ("SEQ", "tool done: two"), ("HANG 200ms", "done hanging"),
        ("ERROR 500 1", "recovered"), ("anything else", "ECHO: anything else"),
    ])
    func directives(_ message: String, _ answer: String) async throws {
        let model = try await ScriptedModel.start()
        let home = try TemporaryHome()
        let folder = try home.makeWorkFolder("project")
        try home.configureCodex(model: model.openAIBaseURL)
        var command = Command(
            try RealAgents.requireCodex(),
            ["exec", "--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "-"],
            environment: home.environment(), directory: folder)
        command.input = Array(message.utf8)
        let events = try await command.run().output.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) }
        let answers = events.compactMap { $0["item"] }.filter { $0["type"]?.string == "agent_message" }
        #expect(answers.last?["text"]?.string == answer)
        #expect(events.last?["type"]?.string == "turn.completed")
        let session = try #require(events.first?["thread_id"]?.string)
        #expect(await model.receivedPrompts(session: session) == [message])
        await model.stop()
    }

    @Test("gets the user's messages byte for byte, through many turns, a compaction and a crash")
    func verbatim() async throws {
        var rig = try await Rig()
        try Data("Be kind.\n".utf8).write(to: URL(filePath: rig.folder + "/AGENTS.md"))
        let messages = [
            "SAY one", "SAY one", "SAY tabs\t\tand\r\nline\n\n breaks \u{2028} and e\u{301} \u{1F469}\u{200D}\u{1F680} \\ \"",
            "  SAY white space around \n", "LEN 3 " + String(repeating: "long \u{E9}", count: 80_000),
        ]
        for message in messages { _ = try await rig.codex.ask(message, in: rig.thread) }
        try await rig.codex.call("thread/compact/start", ["threadId": .string(rig.thread)])
        _ = try await rig.codex.finishedTurn(of: rig.thread)
        #expect(try await rig.codex.ask("SAY after compaction", in: rig.thread) == "after compaction")
        try await rig.codex.kill()
        rig.codex = try await CodexProcess.start(in: rig.home, directory: rig.folder)
        try await rig.codex.call("thread/resume", ["threadId": .string(rig.thread), "excludeTurns": true])
        #expect(try await rig.codex.ask("SAY after crash", in: rig.thread) == "after crash")
        let received = await rig.model.receivedPrompts(session: rig.thread)
        let expected = messages + ["SAY after compaction", "SAY after crash"]
        #expect(received.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        await rig.stop()
    }

    @Test("answers at length")
    func length() async throws {
        let rig = try await Rig()
        #expect(try await rig.codex.ask("LEN 1000000", in: rig.thread)?.utf8.count == 1_000_000)
        await rig.stop()
    }

    @Test("is interrupted while the model is silent, and goes on after that")
    func interrupt() async throws {
        let rig = try await Rig()
        let turn = try await rig.codex.startTurn("HANG", in: rig.thread)
        _ = try await rig.model.waitForRequest { $0.prompt == "HANG" }
        try await rig.codex.call("turn/interrupt", ["threadId": .string(rig.thread), "turnId": .string(turn)])
        #expect(try await rig.codex.finishedTurn(of: rig.thread)["status"]?.string == "interrupted")
        #expect(try await rig.codex.ask("SAY next", in: rig.thread) == "next")
        #expect(await rig.model.receivedPrompts(session: rig.thread) == ["HANG", "SAY next"])
        await rig.stop()
    }

    @Test("obeys what the user says during a turn", arguments: [
        "SLOW 60 these words are cut off", "TOOL until [ -e go ]; do sleep 0.1; done",
    ])
    func steering(_ first: String) async throws {
        let rig = try await Rig()
        let turn = try await rig.codex.startTurn(first, in: rig.thread)
        let begun = first.hasPrefix("TOOL") ? "commandExecution" : "agentMessage"
        while try await rig.codex.message("item/started", thread: rig.thread)["params"]?["item"]?["type"]?.string != begun {}
        try await rig.codex.call(
            "turn/steer",
            [
                "threadId": .string(rig.thread), "expectedTurnId": .string(turn),
                "input": [["type": "text", "text": "SAY steered"]],
            ])
        try rig.home.write("", to: "work/project/go")
        #expect(try await rig.codex.finishedTurn(of: rig.thread)["items"]?[0]?["text"]?.string == "steered")
        #expect(await rig.model.receivedPrompts(session: rig.thread) == [first, "SAY steered"])
        await rig.stop()
    }

    @Test("fails as the model fails", arguments: [
        ("ERROR 400", "other"), ("ERROR 429", #"{"responseTooManyFailedAttempts":{"httpStatusCode":429}}"#),
        ("FAIL insufficient_quota no money", "usageLimitExceeded"),
        ("FAIL context_length_exceeded too long", "contextWindowExceeded"),
        ("FAIL server_is_overloaded busy", "serverOverloaded"), ("MAXTOK", "other"), ("DROP", "other"),
    ])
    func failures(_ message: String, _ information: String) async throws {
        let rig = try await Rig()
        try await rig.codex.startTurn(message, in: rig.thread)
        let turn = try await rig.codex.finishedTurn(of: rig.thread)
        #expect(turn["status"]?.string == "failed")
        let reported = turn["error"]?["codexErrorInfo"]
        #expect(reported?.string ?? reported?.compact == information)
        #expect(try await rig.codex.ask("SAY recovered", in: rig.thread) == "recovered")
        await rig.stop()
    }

    @Test("works on a goal for as many turns as its objective says")
    func goal() async throws {
        let rig = try await Rig()
        let parameters: JSON = ["threadId": .string(rig.thread), "objective": "GOALSTEP 3 TOOL echo step"]
        // The second goal's turns are counted by themselves.
        for _ in 0..<2 {
            try await rig.codex.call("thread/goal/set", parameters)
            var said: [String?] = []
            for _ in 0..<3 { said.append(try await rig.codex.finishedTurn(of: rig.thread)["items"]?[0]?["text"]?.string) }
            #expect(said == ["tool done: step", "tool done: step", "goal finished"])
            let goal = try await rig.codex.call("thread/goal/get", ["threadId": .string(rig.thread)])
            #expect(goal["goal"]?["status"]?.string == "complete")
            try await rig.codex.call("thread/goal/clear", ["threadId": .string(rig.thread)])
        }
        #expect(await rig.model.receivedPrompts(session: rig.thread) == [])
        await rig.stop()
    }

    @Test("asks before it leaves the sandbox")
    func escalation() async throws {
        let rig = try await Rig(["approvalPolicy": "on-request", "sandbox": "read-only"])
        try await rig.codex.startTurn("ESC touch made && echo made", in: rig.thread)
        let request = try await rig.codex.message("item/commandExecution/requestApproval", thread: rig.thread)
        await rig.codex.answer(request, ["decision": "accept"])
        #expect(try await rig.codex.finishedTurn(of: rig.thread)["items"]?[0]?["text"]?.string == "tool done: made")
        #expect(rig.home.has("work/project/made"))
        await rig.stop()
    }

    @Test("asks the user")
    func questions() async throws {
        let rig = try await Rig()
        let mode: JSON = [
            "mode": "plan", "settings": ["model": "mock-model", "reasoning_effort": nil, "developer_instructions": nil],
        ]
        try await rig.codex.startTurn("ASK2", in: rig.thread, ["collaborationMode": mode])
        let request = try await rig.codex.message("item/tool/requestUserInput", thread: rig.thread)
        let questions = request["params"]?["questions"]?.array
        #expect(questions?.map { $0["id"]?.string } == ["colour", "size"])
        #expect(questions?.first?["options"]?[1]?["label"]?.string == "Blue")
        await rig.codex.answer(
            request, ["answers": ["colour": ["answers": ["Blue"]], "size": ["answers": ["Large"]]]])
        let answer = try await rig.codex.finishedTurn(of: rig.thread)["items"]?[0]?["text"]?.string
        let result = try JSON(parsing: try #require(answer).dropFirst("tool done: ".count).utf8)
        #expect(result["answers"]?["colour"]?["answers"] == ["Blue"])
        #expect(result["answers"]?["size"]?["answers"] == ["Large"])
        await rig.stop()
    }

    @Test("writes a file")
    func write() async throws {
        let rig = try await Rig()
        let answer = try await rig.codex.ask("WRITE notes.txt one\ntwo", in: rig.thread)
        #expect(answer == "tool done: Success. Updated the following files:\nA notes.txt")
        #expect(try rig.home.read("work/project/notes.txt") == "one\ntwo\n")
        await rig.stop()
    }

    @Test("starts a sub-agent, whose prompt is none of the user's")
    func subagent() async throws {
        let rig = try await Rig()
        let answer = try await rig.codex.ask("AGENT SAY from the sub-agent", in: rig.thread)
        #expect(answer?.hasPrefix(#"tool done: {"agent_id":"#) == true)
        let request = try await rig.model.waitForRequest { $0.prompt == "SAY from the sub-agent" }
        #expect(request.isFromSubagent)
        #expect(await rig.model.receivedPrompts(session: rig.thread) == ["AGENT SAY from the sub-agent"])
        await rig.stop()
    }

    @Test("uses any tool with any input")
    func anyTool() async throws {
        let rig = try await Rig()
        let answer = try await rig.codex.ask(#"USE exec_command {"cmd":"sleep 30","yield_time_ms":250}"#, in: rig.thread)
        #expect(answer == "tool done: ")
        let commands = try await rig.codex.call("thread/backgroundTerminals/list", ["threadId": .string(rig.thread)])
        #expect(commands["data"]?.array?.count == 1)
        try await rig.codex.call("thread/backgroundTerminals/clean", ["threadId": .string(rig.thread)])
        await rig.stop()
    }
}
