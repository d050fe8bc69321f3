import CodexAppServer
import Foundation
import JSON
import Testing
import Transcripts

@testable import Sessions

@Suite("A Codex conversation without its server")
struct CodexConversationTests {
    private static let thread = "01a21028-cae5-7f22-8e30-0c8a10717470"

    /// A paginated rollout of two turns: one steered, one of a goal.
    private static let rollout: [JSON] = [
        ["type": "session_meta", "ordinal": 0, "payload": ["id": .string(thread)]],
        event(1, ["type": "task_started", "turn_id": "1"]),
        message(2, "UserMessage", "hello", turn: "1"), message(3, "AgentMessage", "working", turn: "1"),
        message(4, "UserMessage", "faster", turn: "1"), message(5, "AgentMessage", "done", turn: "1"),
        event(6, ["type": "task_complete", "turn_id": "1"]),
        event(7, ["type": "task_started", "turn_id": "2"]),
        message(8, "AgentMessage", "a step", turn: "2"),
    ]

    private static func event(_ ordinal: Int, _ payload: JSON) -> JSON {
        ["type": "event_msg", "ordinal": JSON(ordinal), "payload": payload]
    }

    private static func message(_ ordinal: Int, _ type: String, _ text: String, turn: String) -> JSON {
        event(
            ordinal,
            [
                "type": "item_completed", "turn_id": .string(turn),
                "item": ["type": .string(type), "content": [["type": "text", "text": .string(text)]]],
            ])
    }

    private func turn(_ agentTurn: String?) -> Turn {
        var turn = Turn(id: 1, session: "fizz-top", origin: .command, state: .completed, text: nil, createdAt: 0)
        turn.agentTurnID = agentTurn
        return turn
    }

    @Test("it is read wherever the rollout is", arguments: ["sessions/2026/11/25", "sessions/2025/01/02", "archived_sessions"])
    func reading(folder: String) throws {
        let home = try ScratchHome(rollout: Self.rollout, of: Self.thread, in: folder)
        for recorded in [home.recorded, nil] {
            let conversation = CodexConversation(rollout: recorded, home: home.home, thread: Self.thread)
            #expect(conversation.path?.hasPrefix("\(home.home.path)/\(folder)/rollout-") == true)
            #expect(
                try conversation.messages() == [
                    LogMessage(role: .human, text: "hello"), LogMessage(role: .assistant, text: "working"),
                    LogMessage(role: .human, text: "faster"), LogMessage(role: .assistant, text: "done"),
                    LogMessage(role: .assistant, text: "a step"),
                ])
            #expect(try conversation.lastMessages(count: 1, turn: nil) == ["a step"])
            #expect(try conversation.lastMessages(count: 2, turn: nil) == ["done", "a step"])
            #expect(try conversation.lastMessages(count: 9, turn: turn("1")) == ["working", "done"])
            #expect(try conversation.lastMessages(count: 1, turn: turn("1")) == ["done"])
        }
    }

    @Test("a turn that Codex never began has no answer")
    func unbegun() throws {
        let home = try ScratchHome(rollout: Self.rollout, of: Self.thread, in: "sessions/2026/11/25")
        let conversation = CodexConversation(rollout: home.recorded, home: home.home, thread: Self.thread)
        #expect(try conversation.lastMessages(count: 9, turn: turn(nil)) == [])
        #expect(try conversation.lastMessages(count: 9, turn: turn("3")) == [])
    }

    @Test("a thread without a rollout, and one that was never started, have said nothing")
    func nothing() throws {
        for conversation in [
            CodexConversation(
                rollout: "/nonexistent/rollout.jsonl", home: CodexHome(path: "/nonexistent"), thread: Self.thread),
            CodexConversation(rollout: nil, home: CodexHome(path: "/nonexistent"), thread: ""),
            CodexConversation(rollout: nil, home: nil, thread: ""),
        ] {
            #expect(conversation.path == nil)
            #expect(try conversation.messages() == [])
            #expect(try conversation.lastMessages(count: 1, turn: nil) == [])
            #expect(try conversation.lastMessages(count: 1, turn: turn("1")) == [])
        }
    }
}

/// A folder as Codex's with one rollout, which goes with it.
private final class ScratchHome {
    let home: CodexHome
    /// Where the rollout was when its thread was started.
    let recorded: String

    init(rollout: [JSON], of thread: String, in folder: String) throws {
        home = CodexHome(path: FileManager.default.temporaryDirectory.path + "/codex-\(UUID().uuidString)")
        let name = "rollout-2026-11-25T00-00-00-\(thread).jsonl"
        recorded = "\(home.path)/sessions/2026/11/25/\(name)"
        try FileManager.default.createDirectory(atPath: "\(home.path)/\(folder)", withIntermediateDirectories: true)
        let bytes = rollout.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
        try Data(bytes).write(to: URL(filePath: "\(home.path)/\(folder)/\(name)"))
    }

    deinit { try? FileManager.default.removeItem(atPath: home.path) }
}
