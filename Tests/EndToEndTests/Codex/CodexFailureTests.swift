import JSON
import TestSupport
import Testing

/// Turns that the real Codex gives up, told in its own words.
@Suite struct CodexFailureTests {
    @Test("a turn that the model refuses fails with its words, status says so, and the next turn clears it")
    func badRequest() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY before") == "before")
            let asked = try await place.expect(1, "ask", id, "ERROR 400")
            #expect(asked.outputText == "")
            #expect(asked.errorText.hasPrefix("Codex turn failed: "))
            #expect(asked.errorText.contains("scripted error 400"))
            #expect(try await place.expect(1, "wait", id).errorText == asked.errorText)
            let reason = asked.errorText.dropFirst("Codex turn failed: ".count)
            #expect(try await place.expect(1, "status", id).errorText == "Codex app-server is in a system error state: \(reason)")
            // The server remembers it over the supervisor's end.
            try await place.must("supervisor", "restart")
            #expect(try await place.expect(1, "status", id).errorText.hasPrefix("Codex app-server is in a system error state"))
            let status = try await place.status(id)
            #expect(status["state"] == "idle")
            #expect(status["turn"]?["state"] == "failed")
            let record = try await place.record(id)
            #expect(record["lastTurnStatus"] == "failed")
            #expect(record["lastTurnError"]?.string.map { $0 + "\n" } == String(reason))
            // Listing does not depend on it.
            #expect(try await place.must("list").contains(id))

            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.record(id)["lastTurnStatus"] == "completed")
            #expect(try await place.record(id)["lastTurnError"] == nil)
        }
    }

    @Test("other failures are told in Codex's words as well", arguments: [
        ("ERROR 429", "exceeded retry limit, last status: 429 Too Many Requests"),
        ("ERROR 401", "401 Unauthorized"),
        ("DROP", "stream disconnected before completion"),
        ("FAIL insufficient_quota no money is left", "Quota exceeded"),
        ("FAIL context_length_exceeded too long", "ran out of room in the model's context window"),
        ("MAXTOK", "max_output_tokens"),
    ])
    func words(_ message: String, _ words: String) async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let result = try await place.expect(1, "ask", id, message)
            #expect(result.errorText.hasPrefix("Codex turn failed: "))
            #expect(result.errorText.contains(words))
            #expect(try await place.must("ask", id, "SAY after") == "after")
        }
    }

    @Test("what Codex tries again is no failure, and the session works meanwhile")
    func retried() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "ERROR 500 2") == "recovered")
            async let asked = place.must("ask", id, "ERROR 401 TIMES 3 THEN SAY allowed after all")
            try await place.asked("ERROR 401 TIMES 3 THEN SAY allowed after all")
            #expect(try await place.must("status", id) == "working")
            #expect(try await asked == "allowed after all")
            #expect(try await place.must("status", id) == "idle")
        }
    }

    @Test("a tool that fails fails no turn")
    func tool() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "TOOL echo oh; exit 3") == "tool done: oh")
            #expect(try await place.must("wait", id) == "completed")
        }
    }

    @Test("a folder that went away fails the command, not the turn")
    func folder() async throws {
        try await Workplace.with(.codex) { place in
            let folder = try place.home.makeWorkFolder("leaving")
            let id = try await place.must("create", "-q", "--cli", "codex", "--path", folder)
            _ = try await Command("rmdir", [folder], environment: ["PATH": "/usr/bin:/bin"]).run()
            #expect(try await place.must("ask", id, "TOOL echo hello").hasPrefix("tool done: "))
            #expect(try await place.must("ask", id, "SAY hello") == "hello")
        }
    }
}
