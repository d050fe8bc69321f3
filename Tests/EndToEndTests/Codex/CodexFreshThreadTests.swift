import EventLoop
import JSON
import TestSupport
import Testing

/// Threads of the real Codex that have had no turn yet: there, its requests behave in ways of their own.
@Suite struct CodexFreshThreadTests {
    @Test("what was said is asked for before anything was, and then messages arrive, in the same thread")
    func looks() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let thread = try await place.thread(id)
            #expect(try await place.must("last-message", id) == "")
            #expect(try await place.must("last-message", id, "--json") == "[]")
            #expect(try await place.must("logs", id) == "No conversation history available")
            #expect(try await place.must("logs", id, "--json") == "[]")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.must("goal", id) == "No goal set for \(id)")
            #expect(try await place.must("interrupt", id) == "Nothing to interrupt on \(id)")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("ask", id, "SAY the first") == "the first")
            #expect(try await place.thread(id) == thread)
            #expect(try await place.received(id) == ["SAY the first"])
            #expect(try System.entries(of: place.home.path + "/.codex/sessions").count == 1)
        }
    }

    @Test("it outlives its server, which is there again at once")
    func serverKilled() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let thread = try await place.thread(id)
            let server = try place.appServer()
            try await [server].kill()
            let next = try await eventually("another server") { place.appServers().first }
            #expect(next != server)
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.must("last-message", id) == "")
            #expect(try await place.must("ask", id, "SAY the first") == "the first")
            #expect(try await place.thread(id) == thread)
            try await eventually("the record to name the new server") {
                try await place.record(id)["appServerPid"]?.int == Int(next.processID)
            }
        }
    }

    @Test("it outlives supervisor and server at once")
    func bothKilled() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let supervisor = try #require(ProcessIdentity.of(try await place.supervisorPID()))
            try await [supervisor, try place.appServer()].kill()
            // Nothing is started for a session at rest.
            #expect(try await place.must("status", id) == "idle")
            #expect(place.appServers().isEmpty)
            #expect(try await place.must("ask", id, "SAY the first") == "the first")
            #expect(try await place.must("kill", id) == "Killed session \(id)")
            try await eventually("the end of the server") { place.appServers().isEmpty }
        }
    }

    @Test("a goal is its first turn")
    func goal() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 2")
            #expect(try await place.must("wait", id, "--goal") == "complete")
            #expect(try await place.must("last-message", id) == "goal finished")
        }
    }

    @Test("it is killed without ever having been used")
    func killed() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("kill", id) == "Killed session \(id)")
            try await eventually("the end of the server") { place.appServers().isEmpty }
        }
    }
}
