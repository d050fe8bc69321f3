import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// `restart` on the real agents: the same session, conversation and place.
@Suite(.timeLimit(.minutes(5)))
struct RestartTests {
    @Test("Claude that was killed comes back in its pane, with its conversation")
    func claude() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY before") == "before")
            let conversation = try await place.record(id)["internalId"]
            let pane = try await place.home.tmux.run("list-panes", "-t", "=dev-\(id):", "-F", "#{pane_id}")
            let process = try #require(ProcessIdentity.of(try await place.agentPID(id)))
            try await [process].kill()
            try await place.state("exited", of: id)
            #expect(try await !place.must("list").contains(id))
            #expect(try await place.must("restart", id) == "Restarted session \(id)")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.must("list").contains(id))
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.record(id)["internalId"] == conversation)
            #expect(try await place.home.tmux.run("list-panes", "-t", "=dev-\(id):", "-F", "#{pane_id}") == pane)
            #expect(try await place.received(id) == ["SAY before", "SAY after"])
            #expect(try await place.must("last-message", id, "-n", "2") == "before\n\nafter")
            // Its hooks work as before.
            #expect(try await place.status(id)["hooks"] == true)
        }
    }

    @Test("Claude at work is stopped first: its turn is cut off, and what waits goes to the new one")
    func claudeAtWork() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.must("send", id, "SLOW 60 an answer that nobody will hear")
            try await place.asked("SLOW 60 an answer that nobody will hear")
            try await place.must("send", id, "SAY next")
            let waiting = Task { try await place.run("wait", id) }
            #expect(try await place.must("restart", id) == "Restarted session \(id)")
            #expect(try await waiting.value.outputText == "completed\n")
            #expect(try await place.must("last-message", id) == "next")
            let first = try await place.status(id)["turn"]
            #expect(first?["state"] == "completed")
        }
    }

    @Test("a new conversation is begun when asked for, and when there was none")
    func fresh() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            let conversation = try await place.record(id)["internalId"]
            // Nothing has been said in it: its name is still free.
            try await place.must("restart", id)
            #expect(try await place.record(id)["internalId"] == conversation)
            #expect(try await place.must("ask", id, "SAY one") == "one")
            try await place.must("restart", id, "--fresh")
            #expect(try await place.record(id)["internalId"] != conversation)
            #expect(try await place.must("ask", id, "SAY two") == "two")
            #expect(try await place.received(id) == ["SAY two"])
        }
    }

    @Test("two processes never work on one conversation")
    func conversationInUse() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY before") == "before")
            let conversation = try #require(try await place.record(id)["internalId"]?.string)
            let folder = try #require(try await place.record(id)["path"]?.string)
            let killed = try #require(ProcessIdentity.of(try await place.agentPID(id)))
            try await [killed].kill()
            try await place.state("exited", of: id)
            // A person goes on with it by hand.
            let environment = place.environment.map { "'\($0)=\($1)'" }.joined(separator: " ")
            try await place.home.tmux.run(
                "new-session", "-d", "-s", "person", "-x", "100", "-y", "40", "-c", folder,
                "env -i TERM=xterm \(environment) claude --resume \(conversation) --dangerously-skip-permissions")
            let statuses = place.home.path + "/.claude/sessions"
            try await eventually("the person's Claude Code", deadline: .seconds(60)) {
                try System.entries(of: statuses).contains { name in
                    let status = try? JSON(parsing: System.readFile(statuses + "/" + name))
                    return status?["sessionId"]?.string == conversation && status?["pid"]?.int.map { $0 != Int(killed.processID) } == true
                }
            }
            let refused = try await place.expect(1, "restart", id)
            #expect(refused.errorText.contains("its conversation is open in another Claude Code"), "\(refused.errorText)")
            #expect(try await place.must("status", id) == "exited")
            try await place.home.tmux.run("kill-session", "-t", "=person")
            try await eventually("the person's process to be gone", deadline: .seconds(60)) {
                try await place.run("restart", id).isSuccess
            }
            #expect(try await place.must("ask", id, "SAY after") == "after")
        }
    }

    @Test("after the machine was started anew, list says what is gone and all of it is brought back")
    func reboot() async throws {
        try await Workplace.with(.claude) { place in
            let ids = [try await place.create(), try await place.create()]
            for id in ids { #expect(try await place.must("ask", id, "SAY \(id)") == id) }
            let supervisor = try #require(ProcessIdentity.of(try await place.supervisorPID()))
            try await [supervisor].kill()
            try await place.home.tmux.killServer()
            for id in ids { try await place.state("exited", of: id) }
            let listed = try await place.run("list")
            for id in ids { #expect(!listed.outputText.contains(id)) }
            #expect(listed.errorText.contains("2 sessions have exited"), "\(listed.errorText)")
            #expect(try await place.must("restart", "--all") == ids.map { "Restarted session \($0)" }.joined(separator: "\n"))
            for id in ids {
                #expect(try await place.must("ask", id, "SAY again") == "again")
                #expect(try await place.received(id) == ["SAY \(id)", "SAY again"])
            }
            #expect(try await place.must("restart", "--all") == "No session has to be restarted")
        }
    }

    @Test("a Codex thread is loaded again, or begun anew")
    func codex() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let slow = "SLOW 60 an answer that nobody will hear"
            try await place.must("send", id, slow)
            try await place.asked(slow)
            let thread = try await place.thread(id)
            let waiting = Task { try await place.run("wait", id) }
            #expect(try await place.must("restart", id) == "Restarted session \(id)")
            #expect(try await !waiting.value.isSuccess)
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.thread(id) == thread)
            try await place.must("restart", id, "--fresh")
            #expect(try await place.thread(id) != thread)
            #expect(try await place.must("ask", id, "SAY fresh") == "fresh")
            #expect(try await place.received(id) == ["SAY fresh"])
        }
    }

    @Test("one that is killed while it is restarted leaves nothing behind, whichever comes first")
    func killed() async throws {
        try await Workplace.with(.standIn) { place in
            for round in 0..<8 {
                let id = try await place.create("--id", "round-\(round)")
                let restarting = Task { try await place.run("restart", id) }
                for _ in 0..<round { _ = try await place.run("status", id) }
                #expect(try await place.must("kill", id) == "Killed session \(id)")
                _ = try await restarting.value
                try await eventually("nothing to be left of \(id)") {
                    let sessions = try await place.home.tmux.run("list-sessions", "-F", "#S")
                    return !sessions.contains("dev-\(id)") && !System.exists(place.state + "/claude/\(id)")
                }
            }
            #expect(try await place.must("list", "--all") == "No active sessions")
        }
    }

    @Test("a supervisor that is killed in the middle of a restart leaves one agent at most, and the session is usable afterwards")
    func supervisorKilled() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY before") == "before")
            let conversation = try #require(try await place.record(id)["internalId"]?.string)
            for round in 0..<10 {
                let supervisor = try #require(ProcessIdentity.of(try await place.supervisorPID()))
                let agent = try await place.agentPID(id)
                let restarting = Task { try await place.run("restart", id) }
                // A little later in each round, and in half of them as soon as the new process is there.
                if round % 2 == 0 {
                    try await eventually("the new process", deadline: .seconds(60)) {
                        let pid = try await place.home.tmux.run("list-panes", "-t", "=dev-\(id):", "-F", "#{pane_pid}")
                        return Int32(pid.trimmingCharacters(in: .whitespacesAndNewlines)) != agent
                    }
                }
                for _ in 0..<round { _ = try await place.home.tmux.run("list-panes", "-t", "=dev-\(id):") }
                if supervisor.isAlive { try await [supervisor].kill() }
                _ = try await restarting.value
                // Nobody restarts it on its own.
                if try await place.must("status", id) == "exited" { try await place.must("restart", id) }
                #expect(try await place.must("ask", id, "SAY round \(round)") == "round \(round)")
                #expect(place.processes(with: conversation).count == 1)
            }
        }
    }

    @Test("an agent that cannot be started again leaves a session that says why, and can be tried again")
    func fails() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY before") == "before")
            let claude = place.home.path + "/bin/claude"
            try System.rename(claude, to: claude + ".away")
            let failed = try await place.expect(1, "restart", id)
            #expect(failed.errorText.contains("`claude` was not found on your PATH"))
            #expect(try await place.must("status", id) == "exited")
            #expect(try await place.expect(1, "send", id, "SAY in vain").errorText.contains("`claude` was not found on your PATH"))
            #expect(try await place.expect(1, "restart", "nobody").errorText == "Session not found: nobody\n")
            #expect(try await place.expect(1, "restart").errorText == "Provide exactly one of <id> or --all\n")
            try System.rename(claude + ".away", to: claude)
            try await place.must("restart", id)
            #expect(try await place.must("ask", id, "SAY after") == "after")
        }
    }
}
