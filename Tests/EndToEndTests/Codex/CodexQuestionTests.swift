import JSON
import TestSupport
import Testing

/// Questions of the real Codex: it has them in plan mode, or where a setting lets it have them always.
@Suite struct CodexQuestionTests {
    @Test("a question is seen at once, and its answer reaches the model")
    func answered() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--", "-c", "features.default_mode_request_user_input=true")
            let asked = try await place.expect(3, "ask", id, "ASK")
            #expect(asked.outputText == "Which colour?\n  - Red: the red one\n  - Blue: the blue one\n")
            #expect(try await place.must("status", id) == "waiting_for_input")
            #expect(try await place.must("last-message", id) + "\n" == asked.outputText)
            let request = try #require(try await place.pending(id).first)
            #expect(request["kind"] == "question")
            #expect(request["questions"]?[0]?["header"] == "Colour")
            #expect(try await place.expect(1, "respond", id, "--allow").errorText.contains("answer it with --answer"))
            try await place.must("respond", id, "--answer", "blue")
            #expect(try await place.must("wait", id) == "completed")
            // An option is told as it is spelt.
            #expect(try await place.must("last-message", id).contains("Blue"))
        }
    }

    @Test("two questions take two answers, of any text")
    func two() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--", "-c", "features.default_mode_request_user_input=true")
            let asked = try await place.expect(3, "ask", id, "ASK2")
            #expect(asked.outputText.contains("Which colour?"))
            #expect(asked.outputText.contains("Which size?"))
            #expect(try await place.expect(1, "respond", id, "--answer", "Red").errorText.contains("asks 2 question(s), and 1 answer(s) were given"))
            try await place.must("respond", id, "--answer", "Red", "--answer", "as large as it gets")
            #expect(try await place.must("wait", id) == "completed")
            let answer = try await place.must("last-message", id)
            #expect(answer.contains("Red"))
            #expect(answer.contains("as large as it gets"))
        }
    }

    @Test("a question can be declined, and outlives the supervisor")
    func declined() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--", "-c", "features.default_mode_request_user_input=true")
            let asked = try await place.expect(3, "ask", id, "ASK")
            try await place.must("supervisor", "restart")
            #expect(try await place.expect(3, "wait", id).outputText == asked.outputText)
            try await place.must("respond", id, "--deny")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await !place.must("last-message", id).contains("Blue"))
        }
    }

    @Test("in plan mode, which a person has turned on, questions are asked too")
    func planMode() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "ASK").contains("unavailable in Default mode"))
            let person = try await OtherClient(of: id, in: place)
            try await person.send("ASK", inMode: "plan")
            #expect(try await place.expect(3, "wait", id).outputText == "Which colour?\n  - Red: the red one\n  - Blue: the blue one\n")
            #expect(try await place.turn(id).origin == "terminal")
            try await place.must("respond", id, "--answer", "Red")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id).contains("Red"))
            try await person.close()
        }
    }
}
