import JSON
import Testing

@testable import ScriptedModel

@Suite("What the scripted model reads in a request of Claude Code")
struct ConversationTests {
    private static func user(_ texts: String...) -> JSON {
        ["role": "user", "content": .array(texts.map { ["type": "text", "text": .string($0)] })]
    }

    private static func conversation(_ messages: JSON...) throws -> Conversation {
        try #require(Conversation(anthropic: ["messages": .array(messages)]))
    }

    private static let reminder = "<system-reminder>\nToday is a day.\n</system-reminder>"
    private static let environment: JSON = ["role": "system", "content": [["type": "text", "text": "# Environment"]]]
    private static let answer: JSON = ["role": "assistant", "content": [["type": "text", "text": "hello"]]]
    private static let toolResult: JSON = ["type": "tool_result", "tool_use_id": "t", "content": "done"]

    @Test("the user's message is found between reminders and system messages")
    func reminders() throws {
        let conversation = try Self.conversation(Self.user(Self.reminder, "SAY hello there"), Self.environment)
        #expect(conversation.prompts == ["SAY hello there"])
        #expect(conversation.newest?.item == .prompt("SAY hello there"))
    }

    @Test("messages that waited are taken apart again, without the line break between them")
    func queued() throws {
        let conversation = try Self.conversation(
            Self.user("SAY first"), Self.answer, Self.user("SAY queued one\n", "SAY queued two"))
        #expect(conversation.prompts == ["SAY first", "SAY queued one", "SAY queued two"])
    }

    @Test("a message sent during a tool is newer than the tool's result", arguments: ["user", "system"])
    func whileWorking(_ role: String) throws {
        let text =
            "The user sent a new message while you were working:\nSAY queued\n\nduring tool\n\nThis is how Claude Code surfaces messages the user sends mid-turn"
        let block: JSON = ["type": "text", "text": .string(text)]
        let results: JSON = ["role": "user", "content": .array([Self.toolResult] + (role == "user" ? [block] : []))]
        var messages = [Self.user("TOOL ls"), Self.answer, results]
        if role == "system" {
            messages.append(["role": "system", "content": [["type": "text", "text": .string("<system-reminder>\n" + text)]]])
        }
        let conversation = try #require(Conversation(anthropic: ["messages": .array(messages)]))
        #expect(conversation.prompts == ["TOOL ls", "SAY queued\n\nduring tool"])
        #expect(conversation.newest?.item == .prompt("SAY queued\n\nduring tool"))
        #expect(conversation.newest?.toolResults == [])
    }

    @Test("tool results since the message are kept apart by message")
    func toolResults() throws {
        let two: JSON = ["role": "user", "content": [Self.toolResult, Self.toolResult]]
        let one: JSON = ["role": "user", "content": [Self.toolResult]]
        let conversation = try Self.conversation(Self.user("SEQ"), Self.answer, two, Self.answer, one)
        #expect(conversation.newest?.toolResults == [["done", "done"], ["done"]])
    }

    @Test("tool results are put in the order of their calls")
    func orderOfResults() throws {
        let calls: JSON = [
            "role": "assistant", "content": [["type": "tool_use", "id": "1"], ["type": "tool_use", "id": "2"]],
        ]
        let results: JSON = [
            "role": "user",
            "content": [
                ["type": "tool_result", "tool_use_id": "2", "content": "two"],
                ["type": "tool_result", "tool_use_id": "1", "content": "one"],
            ],
        ]
        let conversation = try Self.conversation(Self.user("MULTI"), calls, results)
        #expect(conversation.newest?.toolResults == [["one", "two"]])
    }

    @Test("what the program says in the user's place is no message of the user", arguments: [
        "<task-notification>\n<task-id>a</task-id>", "<command-name>/compact</command-name>",
        "[Request interrupted by user]", "<bash-stdout>x</bash-stdout><bash-stderr></bash-stderr>",
        "[Your previous response had no visible output. Please continue and produce a user-visible response.]",
        "This session is being continued from a previous conversation that ran out of context.",
    ])
    func remarks(_ text: String) throws {
        let conversation = try Self.conversation(Self.user("SAY hello"), Self.answer, Self.user(text))
        #expect(conversation.prompts == ["SAY hello"])
        #expect(conversation.newest?.item != .prompt("SAY hello"))
    }

    @Test("the user's messages are put together over requests", arguments: [
        ([["a"], ["a", "b"], ["a", "b"]], ["a", "b"]),
        // Two equal messages are two.
        ([["continue"], ["continue", "continue"]], ["continue", "continue"]),
        // The second was taken back before its answer.
        ([["a"], ["a", "HANG"], ["a", "c"]], ["a", "HANG", "c"]),
        // The first was taken back.
        ([["HANG"], ["b"]], ["HANG", "b"]),
        // A compaction starts anew.
        ([["a"], ["a", "b"], ["c"], ["c", "d"]], ["a", "b", "c", "d"]),
    ])
    func receivedPrompts(_ requests: [[String]], _ expected: [String]) {
        let recorded = requests.enumerated().map { index, prompts in
            let body: JSON = ["messages": .array(prompts.map { Self.user($0) })]
            return RecordedRequest(
                index: index, method: "POST", target: "/v1/messages",
                headers: [("x-claude-code-session-id", "s")], body: body.bytes)
        }
        #expect(ReceivedPrompts(recorded, session: "s").texts == expected)
        #expect(ReceivedPrompts(recorded, session: "other").texts == [])
    }

    @Test("a sub-agent's prompt is none of the user's")
    func subagent() {
        let body: JSON = ["messages": [Self.user("TOOL echo sub")]]
        let request = RecordedRequest(
            index: 0, method: "POST", target: "/v1/messages",
            headers: [("x-claude-code-session-id", "s"), ("x-claude-code-agent-id", "a")], body: body.bytes)
        #expect(ReceivedPrompts([request], session: "s").texts == [])
    }
}
