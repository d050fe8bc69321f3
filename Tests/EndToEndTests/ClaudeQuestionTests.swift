import JSON
import TestSupport
import Testing

/// Questions of the real Claude Code (AskUserQuestion): seen at once, and answered from elsewhere or in the terminal.
@Suite struct ClaudeQuestionTests {
    @Test("a question ends a wait with 3, is shown by every command, and is answered by an option")
    func option() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            async let waiting = place.run("wait", id)
            try await place.must("send", id, "ASK")
            let waited = try await waiting
            #expect(waited.exit.status == 3)
            #expect(waited.outputText == "Which colour?\n  - Red: the red one\n  - Blue: the blue one\n")
            #expect(waited.errorText.isEmpty)
            #expect(try await place.must("status", id) == "waiting_for_input")
            #expect(try await place.must("last-message", id).contains("Which colour?\n  - Red"))
            let pending = try await place.pending(id)
            #expect(pending.count == 1)
            #expect(pending.first?["kind"] == "question")
            #expect(pending.first?["answerable"] == true)
            #expect(pending.first?["questions"]?[0]?["options"]?[1]?["label"] == "Blue")
            #expect(try await place.status(id)["turn"]?["state"] == "waiting_for_input")

            #expect(try await place.must("respond", id, "--answer", "blue") == "Responded to \(id)")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id).contains("\"Which colour?\"=\"Blue\""))
            try await place.hooksAreGone(of: id)
            #expect(try await place.expect(1, "respond", id, "--answer", "Red").errorText == "\(id) does not wait for input.\n")
        }
    }

    @Test("two questions take two answers, free text among them")
    func twoQuestions() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.expect(3, "ask", id, "ASK2").outputText.contains("Which size?\n  - Small"))
            let refused = try await place.expect(1, "respond", id, "--answer", "Red")
            #expect(refused.errorText.contains("asks 2 question(s), and 1 answer(s) were given"))
            try await place.expect(1, "respond", id, "--allow")
            try await place.must("respond", id, "--answer", "Red", "--answer", "as big as a house")
            #expect(try await place.must("wait", id) == "completed")
            let answer = try await place.must("last-message", id)
            #expect(answer.contains("\"Which colour?\"=\"Red\""))
            #expect(answer.contains("\"Which size?\"=\"as big as a house\""))
        }
    }

    @Test("a declined question tells the model why, and the turn goes on")
    func declined() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.expect(3, "ask", id, "ASK")
            try await place.must("respond", id, "--deny", "--message", "ask me on Monday")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id).contains("ask me on Monday"))
        }
    }

    @Test("a person's answer at the terminal is as good, and lets the hook go")
    func person() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.expect(3, "ask", id, "ASK")
            try await place.shows("Which colour?", on: id)
            try await place.decide(with: "2", in: id)
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id).contains("\"Which colour?\"=\"Blue\""))
            #expect(try await place.pending(id).isEmpty)
            try await place.hooksAreGone(of: id)
        }
    }

    @Test("a message into an open question is refused and names it; with --queue it comes afterwards")
    func messageIntoQuestion() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.expect(3, "ask", id, "ASK")
            let refused = try await place.expect(1, "send", id, "SAY not now")
            #expect(refused.errorText.contains("Which colour?"))
            #expect(refused.errorText.contains("dev-sessions respond \(id)"))
            #expect(try await place.must("send", id, "--queue", "SAY afterwards") == "Sent message to \(id)")
            #expect(try await place.status(id)["queued"] == 1)
            #expect(try await place.expect(3, "wait", id).outputText.hasPrefix("Which colour?"))
            try await place.must("respond", id, "--answer", "Red")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "afterwards")
            #expect(try await place.received(id) == ["ASK", "SAY afterwards"])
        }
    }
}
