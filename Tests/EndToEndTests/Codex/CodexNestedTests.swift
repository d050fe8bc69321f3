import EventLoop
import JSON
import TestSupport
import Testing

/// Sessions that the commands of a Codex session make and use.
@Suite struct CodexNestedTests {
    @Test("a session's commands know their session: what they send has it as its origin, and it cannot wait for itself")
    func origin() async throws {
        try await Workplace.with(.codex) { place in
            try place.setLoginPath()
            let outer = try await place.create("--id", "outer")
            let program = place.program
            #expect(try await place.must("ask", outer, "TOOL echo $DEV_SESSIONS_SESSION") == "tool done: outer")
            let answer = try await place.must(
                "ask", outer, "TOOL \(program) create -q --cli codex --id inner && \(program) ask inner 'SAY from inside'")
            #expect(answer == "tool done: inner\nfrom inside")
            #expect(try await place.must("ask", "inner", "TOOL echo $DEV_SESSIONS_SESSION") == "tool done: inner")
            #expect(try await place.status("inner")["parent"] == "outer")
            try await place.must("ask", outer, "TOOL \(program) send inner 'SAY once more' && \(program) wait inner")
            #expect(try await place.turn("inner").origin == "session:outer")

            let ownWait = try await place.must("ask", outer, "TOOL \(program) wait outer")
            #expect(ownWait.contains("outer cannot wait for itself"))
            let ancestorWait = try await place.must("ask", "inner", "TOOL \(program) wait outer")
            #expect(ancestorWait.contains("inner cannot wait for outer, which started it"))
            #expect(try await place.must("ask", outer, "TOOL echo $DEV_SESSIONS_SESSION") == "tool done: outer")
        }
    }

    @Test("each session's commands have its creator's environment, though their server is shared")
    func environment() async throws {
        try await Workplace.with(.codex) { place in
            let first = try await place.create(environment: ["QUESTION": "what", "MY_TOKEN": "one"])
            let second = try await place.create(environment: ["ANSWER": "forty two", "MY_TOKEN": "two", "CLAUDECODE": "1"])
            #expect(place.appServers().count == 1)
            let show = "TOOL echo $HOME $QUESTION, $ANSWER, $MY_TOKEN, $CLAUDECODE."
            #expect(try await place.must("ask", first, show) == "tool done: \(place.home.path) what, , one, .")
            #expect(try await place.must("ask", second, show) == "tool done: \(place.home.path) , forty two, two, .")
            // A thread that is loaded again has it again.
            try await [try place.appServer()].kill()
            #expect(try await place.must("ask", first, show) == "tool done: \(place.home.path) what, , one, .")
            #expect(try await place.must("ask", second, show) == "tool done: \(place.home.path) , forty two, two, .")
        }
    }

    @Test("what the user keeps from Codex's commands is kept from those of sessions")
    func policy() async throws {
        try await Workplace.with(.codex) { place in
            let configuration = try place.home.read(".codex/config.toml")
            try place.home.write(configuration + "\n[shell_environment_policy]\nexclude = [\"*_TOKEN\"]\n", to: ".codex/config.toml")
            let id = try await place.create(environment: ["ANSWER": "forty two", "MY_TOKEN": "one"])
            #expect(try await place.must("ask", id, "TOOL echo $ANSWER, $MY_TOKEN, $DEV_SESSIONS_SESSION.")
                == "tool done: forty two, , \(id).")
        }
    }

    @Test("after a session made another, a server that is started anew still has the keys")
    func keys() async throws {
        try await Workplace.with(.codex) { place in
            try place.setLoginPath()
            // Codex can be told to keep keys from commands.
            let outer = try await place.create("--", "-c", "shell_environment_policy.ignore_default_excludes=false")
            let program = place.program
            #expect(try await place.must("ask", outer, "TOOL echo key: $SCRIPTED_MODEL_KEY.") == "tool done: key: .")
            #expect(try await place.must("ask", outer, "TOOL \(program) create -q --cli codex --id inner") == "tool done: inner")
            try await [try place.appServer()].kill()
            #expect(try await place.must("ask", outer, "SAY still allowed") == "still allowed")
            #expect(try await place.must("ask", "inner", "SAY and here") == "and here")
        }
    }

    @Test("sessions of two CODEX_HOMEs have a server each")
    func homes() async throws {
        try await Workplace.with(.codex) { place in
            let other = try TemporaryHome()
            try other.configureCodex(model: #require(place.model).openAIBaseURL)
            let first = try await place.create()
            let second = try await place.create(environment: ["CODEX_HOME": other.path + "/.codex"])
            #expect(place.appServers().count == 2)
            #expect(try await place.must("ask", first, "SAY one") == "one")
            #expect(try await place.must("ask", second, "SAY two") == "two")
            #expect(try await place.status(second)["transcript"]?.string?.hasPrefix(other.path + "/.codex/sessions/") == true)
            try await place.must("kill", second)
            try await eventually("the end of its server") { place.appServers().count == 1 }
            #expect(try await place.must("ask", first, "SAY three") == "three")
        }
    }
}

extension Workplace {
    /// Codex runs commands in login shells, which may set the PATH anew: it is to lead to the agents all the same.
    fileprivate func setLoginPath() throws {
        try home.write("PATH='\(home.path)/bin':$PATH\n", to: ".profile")
    }
}
