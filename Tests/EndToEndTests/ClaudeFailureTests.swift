import TestSupport
import Testing

/// Turns of the real Claude Code that its model lets down.
@Suite struct ClaudeFailureTests {
    @Test("an error of the model's ends wait and ask with 1 and the error, and the session goes on")
    func failed() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            let badRequest = try await place.expect(1, "ask", id, "ERROR 400")
            #expect(badRequest.errorText.hasPrefix("Turn failed: API Error: 400 scripted error 400"))
            #expect(badRequest.outputText.isEmpty)
            #expect(try await place.expect(1, "wait", id).errorText.contains("scripted error 400"))

            try await place.must("send", id, "ERROR 529")
            #expect(try await place.expect(1, "wait", id).errorText.hasPrefix("Turn failed: API Error: 529 scripted error 529"))
            #expect(try await place.status(id)["turn"]?["state"] == "failed")

            let refused = try await place.expect(1, "ask", id, "REFUSE")
            #expect(refused.errorText.contains("safeguards flagged this message"))
            #expect(try await place.must("ask", id, "SAY all is well") == "all is well")
        }
    }

    @Test("what Claude Code overcomes by itself is one completed turn")
    func recovered() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "ERROR 529 TIMES 1 THEN SAY better now") == "better now")
            #expect(try await place.must("ask", id, "DROP") == "answered after the cut")
            #expect(try await place.must("ask", id, "MAXTOK") == "rt, and here is the rest")
            #expect(try await place.must("ask", id, "EMPTY") == "")
            #expect(try await place.status(id)["turn"]?["state"] == "completed")
            #expect(try await place.must("ask", id, "SAY all is well") == "all is well")
        }
    }
}
