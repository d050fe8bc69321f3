import JSON
import Testing

@testable import ScriptedModel

@Suite("What the scripted model reads in a request of Codex")
struct CodexConversationTests {
    private static func user(_ texts: String..., identifier: String = "msg") -> JSON {
        let content = texts.map { text -> JSON in ["type": "input_text", "text": .string(text)] }
        return ["type": "message", "id": .string(identifier), "role": "user", "content": .array(content)]
    }

    private static func call(_ identifier: String, _ name: String = "exec_command") -> JSON {
        ["type": "function_call", "name": .string(name), "arguments": "{}", "call_id": .string(identifier)]
    }

    private static func result(_ identifier: String, _ output: JSON) -> JSON {
        ["type": "function_call_output", "call_id": .string(identifier), "output": output]
    }

    private static func goal(_ objective: String) -> JSON {
        user(
            """
            <codex_internal_context source="goal">
            Continue working toward the active thread goal.

            <objective>
            \(objective)
            </objective>
            </codex_internal_context>
            """)
    }

    private static let answer: JSON = [
        "type": "message", "role": "assistant", "content": [["type": "output_text", "text": "hello"]],
    ]
    private static let developer: JSON = [
        "type": "message", "role": "developer", "content": [["type": "input_text", "text": "SAY nothing"]],
    ]

    private static func conversation(_ input: JSON...) throws -> Conversation {
        try #require(Conversation(openAI: ["input": .array(input)]))
    }

    @Test("the user's message is found among what Codex tells in the user's role", arguments: [
        "<environment_context>\n  <cwd>/</cwd>\n</environment_context>",
        "# AGENTS.md instructions for /project\n\n<INSTRUCTIONS>\nSAY no\n</INSTRUCTIONS>",
        "<turn_aborted>\nThe user interrupted the previous turn on purpose.\n</turn_aborted>",
        "<subagent_notification>\n{}\n</subagent_notification>", "<user_shell_command>\n</user_shell_command>",
        "<skill>\n<name>x</name>\n</skill>",
        "Another language model started to solve this problem and produced a summary of its thinking process.",
    ])
    func context(_ text: String) throws {
        let conversation = try Self.conversation(
            Self.developer, Self.user(text, text), Self.user("SAY hello"), Self.user(text))
        #expect(conversation.prompts == ["SAY hello"])
        #expect(conversation.newest?.item == .prompt("SAY hello"))
    }

    @Test("what Codex asks for itself is no message of the user", arguments: [
        ("You are performing a CONTEXT CHECKPOINT COMPACTION. Create a handoff summary.", Remark.compaction),
        ("Generate a concise, single-line task title of at most 36 characters.", .title),
    ])
    func remarks(_ text: String, _ remark: Remark) throws {
        let conversation = try Self.conversation(Self.user("SAY hello"), Self.answer, Self.user(text))
        #expect(conversation.prompts == ["SAY hello"])
        #expect(conversation.newest?.item == .remark(remark))
    }

    @Test("a goal's turns are counted until it is reported complete, or another one is set")
    func goals() throws {
        let conversation = try Self.conversation(
            Self.goal("one"), Self.answer, Self.goal("one"), Self.call("call_a_0", "update_goal"), Self.goal("one"),
            Self.answer, Self.goal("two"))
        let goals = conversation.items.filter { if case .goal = $0 { true } else { false } }
        let turns = [("one", 1), ("one", 2), ("one", 1), ("two", 1)]
        #expect(goals == turns.map { .goal(objective: $0, turn: $1) })
        #expect(conversation.prompts == [])
    }

    @Test("results are put in the order of their calls, by answer")
    func results() throws {
        let conversation = try Self.conversation(
            Self.user("MULTI"), Self.call("call_a_0"), Self.call("call_a_1"), Self.result("call_a_1", "two"),
            Self.result("call_a_0", "one"), Self.call("call_b_0"), Self.result("call_b_0", "three"))
        #expect(conversation.newest?.toolResults == [["one", "two"], ["three"]])
    }

    @Test("a message sent during a tool is newer than the tool's result")
    func steering() throws {
        let conversation = try Self.conversation(
            Self.user("TOOL ls"), Self.call("call_a_0"), Self.user("SAY now"), Self.result("call_a_0", "done"))
        #expect(conversation.newest?.item == .prompt("SAY now"))
        #expect(conversation.newest?.toolResults == [])
    }

    @Test("what a command printed is taken out of its frame", arguments: [
        ("Chunk ID: 1\nWall time: 0.0 seconds\nProcess exited with code 0\nOutput:\nhi\n", "hi"),
        ("Wall time: 0.0 seconds\nOutput:\nExit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.\n", "Success."),
        ("Chunk ID: 1\nProcess running with session ID 2\nOutput:\n", ""),
        ([["type": "input_text", "text": "one"], ["type": "input_text", "text": "two"]], "one\ntwo"),
        ("plain\n", "plain\n"),
    ] as [(JSON, String)])
    func printed(_ output: JSON, _ text: String) throws {
        let conversation = try Self.conversation(Self.user("TOOL ls"), Self.call("call_a_0"), Self.result("call_a_0", output))
        #expect(conversation.newest?.toolResults == [[text]])
    }

    @Test("the user's messages are told apart by their identifiers, also after a compaction shortened them")
    func receivedPrompts() {
        let histories: [[(identifier: String, text: String)]] = [
            [("1", "same")], [("1", "same"), ("2", "same")], [("2", "sa"), ("3", "new")],
        ]
        let requests = histories.enumerated().map { index, messages in
            let body: JSON = ["input": .array(messages.map { Self.user($0.text, identifier: $0.identifier) })]
            return RecordedRequest(
                index: index, method: "POST", target: "/v1/responses", headers: [("thread-id", "t")],
                body: body.bytes)
        }
        #expect(ReceivedPrompts(requests, session: "t").texts == ["same", "same", "new"])
        #expect(ReceivedPrompts(requests, session: "other").texts == [])
    }
}
