import JSON
import TestSupport
import Testing

/// Waiting for the real Codex.
@Suite struct CodexWaitTests {
    @Test("a session that works on nothing has nothing to wait for")
    func nothing() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("wait", id) == "completed")
            try await place.must("ask", id, "SAY one")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("wait", id) == "completed")
        }
    }

    @Test("--next-turn waits for the turn that runs, or else the next to begin")
    func nextTurn() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("ask", id, "SAY one")
            #expect(try await place.expect(124, "wait", id, "--next-turn", "-t", "1").errorText
                == "Timed out waiting for the next turn on \(id)\n")
            async let waiting = place.must("wait", id, "--next-turn")
            try await place.must("send", id, "SLOW 2 two")
            #expect(try await waiting == "completed")
            #expect(try await place.must("last-message", id) == "two")
            try await place.must("send", id, "SLOW 2 three")
            #expect(try await place.must("wait", id, "--next-turn") == "completed")
            #expect(try await place.must("last-message", id) == "three")
        }
    }

    @Test("a wait that asks for what cannot be is told so")
    func refused() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create()
            #expect(try await place.expect(1, "wait", id, "--next-turn").errorText
                == "--next-turn waits are only supported for codex sessions; \(id) is a claude session\n")
            #expect(try await place.expect(1, "wait", id, "--goal").errorText
                == "Goals are only supported for codex sessions; \(id) is a claude session\n")
            #expect(try await place.expect(1, "wait", id, "--goal", "--next-turn").errorText
                == "Use only one of --goal, --next-turn\n")
        }
    }

    @Test("a wait ends with its time, and can be taken up again")
    func timeOut() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("send", id, "SLOW 4 at last")
            #expect(try await place.expect(124, "wait", id, "-t", "1").errorText == "Timed out waiting for \(id)\n")
            #expect(try await place.expect(124, "ask", id, "SAY behind", "-t", "1").errorText.contains("the agent keeps working"))
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "behind")
        }
    }

    @Test("Codex and Claude sessions are waited for together")
    func several() async throws {
        try await Workplace.with(.codex) { place in
            try place.home.install(Package.executable("stand-in-agent"), as: "claude")
            let quick = try await place.must("create", "-q", "--cli", "claude")
            let slow = try await place.create()
            try await place.must("send", slow, "SLOW 4 at last")
            try await place.must("send", quick, "SAY at once")
            #expect(try await place.must("wait", slow, quick, "--any") == "\(quick): completed")
            #expect(try await place.must("status", slow) == "working")
            #expect(try await place.must("wait", slow, quick) == "\(slow): completed\n\(quick): completed")
        }
    }
}
