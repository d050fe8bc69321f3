import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

@Suite("The stand-in agent", .timeLimit(.minutes(5)))
struct BehaviourTests {
    /// Settings with one hook for each event, which appends its payload to `hooks.log` and prints `answers[event]`.
    private func settings(_ events: [String], answers: [String: JSON] = [:]) -> String {
        let hooks = events.map { event -> (String, JSON) in
            let command = "cat >> \"$HOME/hooks.log\"; printf '%s' '\(answers[event]?.compact ?? "")'"
            return (event, [["hooks": [["type": "command", "command": .string(command)]]]])
        }
        let settings: JSON = ["hooks": .object(JSON.Object(hooks))]
        return settings.compact
    }

    private func hooks(_ agent: AgentTerminal) -> [JSON] {
        let data = FileManager.default.contents(atPath: agent.home.path + "/hooks.log") ?? Data()
        return data.split(separator: UInt8(ascii: "\n")).compactMap { try? JSON(parsing: $0) }
    }

    @Test("tells its state in the status file, with the pane's pid")
    func status() async throws {
        let agent = try await AgentTerminal.start()
        let pane = try await agent.home.tmux.run("list-panes", "-F", "#{pane_pid}")
        let identity = try #require(ProcessIdentity.of(Int32(agent.status?["pid"]?.int ?? 0)))
        #expect(pane == "\(identity.processID)\n")
        #expect(agent.status?["procStart"]?.string == String(identity.startTime))
        #expect(agent.status?["sessionId"]?.string == agent.session)
        try await agent.send("SLOW 1 one two")
        try await agent.wait(until: "busy")
        try await agent.wait(until: "idle")
        try await agent.stop()
    }

    @Test("has no transcript before its first message")
    func noTranscript() async throws {
        let agent = try await AgentTerminal.start()
        #expect(agent.entries.isEmpty)
        try await agent.stop()
    }

    @Test("runs hooks with what happened, in order")
    func hookOrder() async throws {
        let events = ["SessionStart", "UserPromptSubmit", "PreToolUse", "PostToolUse", "Stop", "SessionEnd"]
        let agent = try await AgentTerminal.start(
            arguments: ["--dangerously-skip-permissions", "--settings", settings(events)])
        try await agent.send("TOOL echo hi")
        try await agent.wait(for: Scenario.turnEnd)
        try await agent.send("/exit")
        #expect([0, nil].contains(try await agent.end()))
        let payloads = hooks(agent)
        #expect(payloads.compactMap { $0["hook_event_name"]?.string } == events)
        #expect(payloads[1]["prompt"]?.string == "TOOL echo hi")
        #expect(payloads[1]["prompt_id"] == agent.entries.first { $0["promptSource"] != nil }?["promptId"])
        #expect(payloads[4]["last_assistant_message"]?.string == "tool done: hi")
        #expect(payloads.last?["reason"]?.string == "prompt_input_exit")
        #expect(agent.status == nil)
        try await agent.stop()
    }

    @Test("asks before a tool in manual mode, and a hook can answer", arguments: ["allow", "deny"])
    func permissionByHook(_ behavior: String) async throws {
        let answer: JSON = [
            "hookSpecificOutput": [
                "hookEventName": "PermissionRequest", "decision": ["behavior": .string(behavior), "message": "not now"],
            ]
        ]
        let agent = try await AgentTerminal.start(arguments: [
            "--permission-mode", "manual", "--settings",
            settings(["PermissionRequest"], answers: ["PermissionRequest": answer]),
        ])
        try await agent.send("TOOL echo ran")
        try await agent.wait(for: Scenario.turnEnd)
        let text = agent.entries.last { $0["type"]?.string == "assistant" }?["message"]?["content"]?[0]?["text"]?.string
        #expect(text == (behavior == "allow" ? "tool done: ran" : "tool done: not now"))
        #expect(TranscriptShape(agent.entries).conversation.contains("hook_permission_decision"))
        try await agent.stop()
    }

    @Test("a question is answered by a hook before it is asked")
    func questionByHook() async throws {
        let question: JSON = ["question": "Which colour?", "options": [["label": "Red"], ["label": "Blue"]]]
        let answer: JSON = [
            "hookSpecificOutput": [
                "hookEventName": "PreToolUse", "permissionDecision": "allow",
                "updatedInput": ["questions": [question], "answers": ["Which colour?": "Blue"]],
            ]
        ]
        let agent = try await AgentTerminal.start(arguments: [
            "--dangerously-skip-permissions", "--settings", settings(["PreToolUse"], answers: ["PreToolUse": answer]),
        ])
        try await agent.send("ASK")
        try await agent.wait(for: Scenario.turnEnd)
        let result = agent.entries.compactMap { $0["toolUseResult"] }.first
        #expect(result?["answers"] == ["Which colour?": "Blue"])
        try await agent.stop()
    }

    @Test("a person answers a permission dialog by key", arguments: ["1", "4"])
    func permissionByKey(_ key: String) async throws {
        let agent = try await AgentTerminal.start(arguments: ["--permission-mode", "manual"])
        try await agent.send("TOOL echo ran")
        try await agent.wait(until: "waiting", "permission prompt")
        try await agent.press(key)
        if key == "1" {
            try await agent.wait(for: Scenario.turnEnd)
        } else {
            try await agent.wait(for: "user [Request interrupted by user for tool use")
        }
        try await agent.stop()
    }

    @Test("gives a message back when it is interrupted before an answer")
    func takenBack() async throws {
        let agent = try await AgentTerminal.start()
        try await agent.send("HANG")
        try await agent.wait(for: "user typed")
        try await agent.press("Escape")
        try await agent.wait(until: "idle")
        try await agent.send(" and more")
        try await agent.wait(for: "user typed", count: 2)
        let prompts = agent.entries.filter { $0["promptSource"] != nil }.compactMap { $0["message"]?["content"]?.string }
        #expect(prompts == ["HANG", "HANG and more"])
        try await agent.stop()
    }

    @Test("a signal ends it, with its tool, and its status file", arguments: [(15, 143), (1, 129)])
    func signals(_ signal: Int32, _ status: Int) async throws {
        let agent = try await AgentTerminal.start()
        try await agent.send("TOOL echo $$ > \"$HOME/tool\"; exec sleep 1000")
        try await agent.wait(for: "assistant tool_use Bash tool_use")
        let tool = try await eventually("the tool") { () -> ProcessIdentity? in
            let text = try? String(contentsOfFile: agent.home.path + "/tool", encoding: .utf8)
            return text.flatMap { Int32($0.dropLast()) }.flatMap(ProcessIdentity.of)
        }
        try agent.kill(signal: signal)
        #expect([status, nil].contains(try await agent.end()))
        #expect(agent.status == nil)
        #expect(!tool.isAlive)
        #expect(TranscriptShape(agent.entries).conversation.last == "user result error config")
        try await agent.stop()
    }

    @Test("goes on with a conversation, closing what a crash left open")
    func resume() async throws {
        let agent = try await AgentTerminal.start()
        try await agent.send("TOOL sleep 0.5; kill -9 $PPID")
        _ = try await agent.end()
        #expect(agent.status?["status"]?.string == "busy")
        try await agent.launch(.standIn, arguments: ["--resume", agent.session])
        try await agent.wait(until: "idle")
        #expect(TranscriptShape(agent.entries).conversation.last == "assistant tool_use Bash tool_use")
        try await agent.send("SAY after resume")
        try await agent.wait(for: Scenario.turnEnd)
        let expected = TranscriptShape(
            try Package.fixture("TranscriptsTests/Fixtures/claude/killed-tool-resumed.jsonl")
                .split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) })
        #expect(TranscriptShape(agent.entries).conversation.suffix(6) == expected.conversation.suffix(6))
        try await agent.stop()
    }

    @Test("/clear goes on in another file")
    func clear() async throws {
        let agent = try await AgentTerminal.start()
        try await agent.send("SAY before clear")
        try await agent.wait(for: Scenario.turnEnd)
        try await agent.wait(until: "idle")
        try await agent.send("/clear")
        let next = try await eventually("another session") {
            agent.status?["sessionId"]?.string.flatMap { $0 == agent.session ? nil : $0 }
        }
        try await agent.send("SAY after clear")
        try await eventually("its transcript") {
            TranscriptShape(agent.entries(of: next)).conversation.contains(Scenario.turnEnd)
        }
        #expect(agent.entries.last?["type"]?.string == "cost-state")
        try await agent.stop()
    }

    @Test("ends at an exit word", arguments: ["exit", "quit", ":q", " :wq! "])
    func exitWords(_ word: String) async throws {
        let agent = try await AgentTerminal.start()
        try await agent.send(word)
        #expect([0, nil].contains(try await agent.end()))
        try await agent.stop()
    }

    @Test("dies in mid-turn as it is told", arguments: [
        ("DIE 7", 7, true), ("DIE-BEFORE-TRANSCRIPT 8", 8, false),
    ])
    func death(_ message: String, _ status: Int, _ isWritten: Bool) async throws {
        let agent = try await AgentTerminal.start()
        try await agent.send(message)
        #expect([status, nil].contains(try await agent.end()))
        #expect(agent.status?["status"]?.string == "busy")
        #expect(TranscriptShape(agent.entries).conversation == (isWritten ? ["user typed"] : []))
        try await agent.stop()
    }

    @Test("gives its terminal up and stays when told to, deaf to signals")
    func hangUp() async throws {
        let agent = try await AgentTerminal.start()
        try await agent.send("HANGUP")
        try await agent.wait(for: "user typed")
        let identity = try #require(ProcessIdentity.of(Int32(agent.status?["pid"]?.int ?? 0)))
        try agent.kill(signal: 15)
        try await Task.sleep(for: .milliseconds(300))
        #expect(identity.isAlive)
        try System.kill(identity.processID, 9)
        try await agent.stop()
    }

    @Test("shows its prompt later and runs no hooks when told to")
    func slowWithoutHooks() async throws {
        let start = ContinuousClock.now
        let agent = try await AgentTerminal.start(
            arguments: ["--settings", settings(["SessionStart", "Stop"])],
            environment: ["STAND_IN_START_DELAY_MS": "700", "STAND_IN_NO_HOOKS": "1"])
        #expect(.now - start >= .milliseconds(700))
        try await agent.send("SAY hello")
        try await agent.wait(for: Scenario.turnEnd)
        #expect(hooks(agent).isEmpty)
        try await agent.stop()
    }

    @Test("leaves at a dialog's default, and goes on when told")
    func startDialog() async throws {
        let environment = ["STAND_IN_START_DIALOG": "trust"]
        let agent = try await AgentTerminal.start(environment: environment, isReady: false)
        try await eventually("the dialog") { try await agent.screen().contains("Yes, I trust this folder") }
        #expect(agent.status == nil)
        try await agent.press("Enter")
        #expect([1, nil].contains(try await agent.end()))
        try await agent.launch(.standIn, arguments: [], environment: environment)
        try await eventually("the dialog") { try await agent.screen().contains("Yes, I trust this folder") }
        try await agent.press("2")
        try await agent.wait(until: "idle")
        try await agent.stop()
    }

    @Test("refuses a session that exists, and one that does not")
    func refusals() async throws {
        let agent = try await AgentTerminal.start()
        func start(_ arguments: String...) async throws -> Command.Result {
            try await Command(
                Package.executable("stand-in-agent"), arguments, environment: agent.home.environment()).run()
        }
        let used = try await start("--session-id", agent.session)
        #expect(used.exit.status == 1)
        #expect(used.errorText == "Error: Session ID \(agent.session) is already in use.\n")
        let unknown = try await start("--resume", agent.session)
        #expect(unknown.errorText == "No conversation found with session ID: \(agent.session)\n")
        #expect(try await start("--version").outputText == "2.1.329 (Claude Code)\n")
        try await agent.stop()
    }

    @Test("without a status file it works all the same")
    func noStatusFile() async throws {
        let agent = try await AgentTerminal.start(environment: ["STAND_IN_NO_STATUS": "1"], isReady: false)
        try await eventually("the prompt") { try await agent.screen().contains("❯") }
        try await agent.send("SAY hello")
        try await agent.wait(for: Scenario.turnEnd)
        #expect(agent.status == nil)
        try await agent.stop()
    }
}
