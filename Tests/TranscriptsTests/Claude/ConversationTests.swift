import EventLoop
import Foundation
import JSON
import Testing

@testable import Transcripts

@Suite("What a conversation says", .timeLimit(.minutes(2)))
struct ConversationTests {
    private func conversation(_ name: String) -> ClaudeConversation {
        ClaudeConversation(path: Bundle.module.url(forResource: "Fixtures/claude/\(name)", withExtension: "jsonl")!.path)
    }

    @Test("the last messages are the assistant's last text blocks, oldest first")
    func lastMessages() throws {
        #expect(try conversation("compact").lastMessages(count: 1) == ["after compact"])
        #expect(try conversation("compact").lastMessages(count: 3) == ["two", "three", "after compact"])
        #expect(try conversation("compact").lastMessages(count: 99) == ["one", "two", "three", "after compact"])
        #expect(try conversation("notif-ask").lastMessages(count: 1) == [])
        #expect(try ClaudeConversation(path: "/nonexistent/file.jsonl").lastMessages(count: 1) == [])
    }

    @Test("what the program makes up is no answer, unless it reports an error")
    func synthetic() throws {
        #expect(try conversation("killed-stream-resumed").lastMessages(count: 9) == ["first turn", "after resume"])
        #expect(try conversation("error-500").lastMessages(count: 1).first?.hasPrefix("API Error: 500") == true)
    }

    @Test("one turn's messages are found by its prompt id or its first entry, wherever it stands")
    func ofTurn() throws {
        let hooks = conversation("hooks-clear")
        let turns = Reduction(try Recording("hooks-clear").entries()).turns
        for turn in turns where turn.pendingBackgroundAgents == 0 {
            #expect(try hooks.lastMessages(count: 9, turn: turn.id) == turn.texts)
            #expect(try hooks.lastMessages(count: 9, turn: turn.promptID) == turn.texts)
        }
        let queued = Reduction(try Recording("queued-during-stream").entries()).turns[1]
        for message in queued.messages {
            #expect(try conversation("queued-during-stream").lastMessages(count: 1, turn: message.promptID) == ["queued two"])
        }
        #expect(try hooks.lastMessages(count: 9, turn: "no such turn") == [])
    }

    @Test("what a turn's background agents led to is part of it")
    func backgroundAgents() throws {
        let turn = Reduction(try Recording("subagent").entries()).turns[0]
        let messages = try conversation("subagent").lastMessages(count: 9, turn: turn.promptID)
        #expect(messages.count == 2)
        #expect(messages.last == "ok: ")
    }

    @Test("logs hold every entry with text, tool results as the user's")
    func messages() throws {
        #expect(
            try conversation("tool").messages() == [
                .init(isHuman: true, text: "TEXTTOOL echo hi; sleep 1"), .init(isHuman: false, text: "about to run"),
                .init(isHuman: true, text: "hi"), .init(isHuman: false, text: "tool done: hi"),
            ])
        let text = #"{"type":"human","message":{"content":[{"type":"text","text":"a"},{"content":["b",{"text":"c"}]},{"type":"image"}]}}"#
        let file = try ScratchFile()
        try file.append(text + "\nnot json\n" + #"{"type":"Assistant","message":{"content":""}}"# + "\n")
        #expect(try ClaudeConversation(path: file.path).messages() == [.init(isHuman: true, text: "a\n\nb\n\nc")])
        #expect(try ClaudeConversation(path: "/nonexistent/file.jsonl").messages() == [])
    }

    @Test(
        "the status is that of the last turn",
        arguments: [
            ("plain", ClaudeConversation.Status.idle), ("clear", .idle), ("error-500", .idle), ("interrupt-tool", .idle),
            ("slash-local", .idle), ("notif-ask", .waitingForInput), ("notif-perm", .working), ("error-401", .working),
            ("killed-tool", .working), ("killed-tool-resumed", .idle), ("queued-during-stream", .idle),
            ("hooks-refuse", .idle), ("compact", .idle), ("ask-answered", .idle),
        ])
    func status(name: String, status: ClaudeConversation.Status) throws {
        #expect(try conversation(name).status() == status)
    }

    @Test("without turn_duration an answer with nothing behind it is the end")
    func olderStatus() throws {
        func status(_ lines: String...) throws -> ClaudeConversation.Status {
            let file = try ScratchFile()
            try file.append(lines.joined(separator: "\n") + "\n")
            return try ClaudeConversation(path: file.path).status()
        }
        let human = #"{"type":"human","uuid":"1","message":{"content":"q"}}"#
        let answer = #"{"type":"assistant","uuid":"2","message":{"content":[{"type":"text","text":"a"}]}}"#
        let call = #"{"type":"assistant","uuid":"3","message":{"content":[{"type":"tool_use","id":"t","name":"Bash","input":{}}]}}"#
        let progress = #"{"type":"progress","uuid":"4","data":{}}"#
        #expect(try status(human) == .working)
        #expect(try status(human, answer) == .idle)
        #expect(try status(human, answer, call) == .working)
        #expect(try status(human, answer, call, progress) == .working)
        #expect(try status(human, answer, progress) == .idle)
        #expect(try ClaudeConversation(path: "/nonexistent/file.jsonl").status() == .idle)
    }

    @Test("of 300 MB only the blocks at the end are read")
    func large() throws {
        let file = try ScratchFile()
        let answer = #"{"type":"assistant","uuid":"a","message":{"content":[{"type":"text","text":"\#(String(repeating: "x", count: 4000))"}]}}"#
        let megabyte = Array(String(repeating: answer + "\n", count: 256).utf8)
        for _ in 0..<300 { try file.append(megabyte) }
        try file.append(try Recording("tool").bytes)

        let conversation = ClaudeConversation(path: file.path)
        #expect(try conversation.lastMessages(count: 1) == ["tool done: hi"])
        #expect(try conversation.status() == .idle)
        var entries = 0
        let bytesRead = try conversation.forEachEntryBackwards { entry, _ in
            entries += 1
            return !entry.beginsTurn
        }
        #expect(entries > 3)
        #expect(bytesRead <= 2 * ReverseLineReader.blockSize)
    }

    @Test("a turn that began further back than is looked for is still seen to run")
    func longTurn() throws {
        let file = try ScratchFile()
        try file.append(#"{"type":"user","uuid":"1","promptSource":"typed","message":{"content":"q"}}"# + "\n")
        let line = #"{"type":"assistant","uuid":"2","message":{"stop_reason":"tool_use","content":[{"type":"text","text":"\#(String(repeating: "x", count: 100_000))"}]}}"#
        for _ in 0..<100 { try file.append(line + "\n") }
        let conversation = ClaudeConversation(path: file.path)
        #expect(try conversation.status() == .working)
        #expect(try conversation.latestTurn().turn?.source == .continued)
    }
}
