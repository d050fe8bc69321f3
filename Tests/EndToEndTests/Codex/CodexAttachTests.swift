import EventLoop
import JSON
import TestSupport
import Testing

/// A person at Codex's own terminal interface, on a thread of ours.
@Suite struct CodexAttachTests {
    @Test("attach shows the thread, also one that has had no turn, and what is sent shows in it")
    func shows() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.attach(to: id)
            // Its name stands there once the terminal has the thread.
            try await place.shows("· dev-\(id)", on: id)
            #expect(try await place.must("ask", id, "SAY seen by a person") == "seen by a person")
            try await place.shows("seen by a person", times: 2, on: id)
            // The conversation is theirs to see when they come later.
            try await place.home.tmux.run("kill-session", "-t", "=dev-\(id)")
            try await place.attach(to: id)
            try await place.shows("seen by a person", times: 2, on: id)
            #expect(place.appServers().count == 1)
        }
    }

    @Test("what a person types is a turn of theirs, which wait covers, and what is sent meanwhile comes behind it")
    func typed() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("ask", id, "SAY before")
            try await place.attach(to: id)
            try await place.shows("SAY before", on: id)
            async let next = place.must("wait", id, "--next-turn")
            try await place.type("SLOW 3 for the person", in: id)
            try await place.asked("SLOW 3 for the person")
            try await place.turn(.running, of: id)
            #expect(try await place.must("status", id) == "working")
            #expect(try await place.turn(id).origin == "terminal")
            async let behind = place.must("ask", id, "SAY behind")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await behind == "behind")
            #expect(try await next == "completed")
            #expect(try await place.must("last-message", id, "-n", "2") == "for the person\n\nbehind")
            #expect(try await place.received(id) == ["SAY before", "SLOW 3 for the person", "SAY behind"])
        }
    }

    @Test("wait covers the person's turn when nothing else is under way")
    func waitForPerson() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.attach(to: id)
            // Its name stands there once the terminal has the thread.
            try await place.shows("· dev-\(id)", on: id)
            try await place.type("SLOW 2 for the person", in: id)
            try await place.turn(.running, of: id)
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "for the person")
            #expect(try await place.turn(id).origin == "terminal")
            #expect(try await place.turn(id).state == "completed")
        }
    }

    @Test("the turn goes on when the person leaves in the middle of it")
    func leaves() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.attach(to: id)
            // Its name stands there once the terminal has the thread.
            try await place.shows("· dev-\(id)", on: id)
            async let asked = place.must("ask", id, "SLOW 5 words that go on")
            try await place.shows("esc to interrupt", on: id)
            try await place.home.tmux.run("kill-session", "-t", "=dev-\(id)")
            #expect(try await place.must("status", id) == "working")
            #expect(try await asked == "words that go on")
        }
    }

    @Test("Escape in the person's terminal interrupts the turn, and whoever waits is told")
    func interrupts() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.attach(to: id)
            // Its name stands there once the terminal has the thread.
            try await place.shows("· dev-\(id)", on: id)
            async let asked = place.run("ask", id, "SLOW 60 alpha beta gamma")
            try await place.shows("esc to interrupt", on: id)
            try await place.press("Escape", in: id)
            let result = try await asked
            #expect(result.exit.status == 1)
            #expect(result.errorText == "Codex turn interrupted\n")
            #expect(try await place.must("ask", id, "SAY after") == "after")
            try await place.shows("after", times: 2, on: id)
        }
    }

    @Test("a person's terminal keeps the server alive after the last session was killed, and what it shows is none of ours")
    func killed() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.attach(to: id)
            // Its name stands there once the terminal has the thread.
            try await place.shows("· dev-\(id)", on: id)
            let server = try place.appServer()
            #expect(try await place.must("kill", id) == "Killed session \(id)")
            #expect(server.isAlive)
            try await place.home.tmux.killServer()
            // The next session finds it, and ends it.
            let next = try await place.create()
            #expect(try place.appServer() == server)
            try await place.must("kill", next)
            try await eventually("the end of the server") { !server.isAlive }
        }
    }

    @Test("attach starts the server again when it is gone")
    func serverGone() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("ask", id, "SAY once")
            try await place.must("supervisor", "stop", "--release")
            try await eventually("the end of the server") { place.appServers().isEmpty }
            try await place.attach(to: id)
            try await place.shows("SAY once", on: id)
            #expect(try await place.must("ask", id, "SAY again") == "again")
            #expect(place.appServers().count == 1)
        }
    }
}

extension Workplace {
    /// Types a line in the session's terminal.
    fileprivate func type(_ text: String, in id: String) async throws {
        try await press("-l", text, in: id)
        try await shows(text, on: id)
        // Codex takes an Enter right behind much text for a line break of a paste, and passes over those at the end.
        try await eventually("\"\(text)\" to be sent", deadline: .seconds(60)) {
            try await press("Enter", in: id)
            return (try? await model?.waitForRequest(deadline: .seconds(2)) { $0.prompt == text }) != nil
        }
    }
}
