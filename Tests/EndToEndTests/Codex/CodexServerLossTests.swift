import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// What becomes of sessions when the real Codex app-server is gone, for a moment or for longer.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct CodexServerLossTests {
    @Test("a turn that was over before the app-server died is completed, though no supervisor saw either")
    func completedUnseen() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let gate = try CommandGate("the-command", in: place)
            try await place.must("send", id, gate.message)
            try await gate.isReached()
            let appServer = try await CodexVictim.appServer.processes(of: id, in: place)
            let rollout = try #require(try await place.status(id)["transcript"]?.string)
            try await CodexVictim.supervisor.processes(of: id, in: place).end()
            try await gate.open()
            try await eventually("the turn's end in the rollout") {
                String(decoding: try System.readFile(rollout), as: UTF8.self).contains("\"task_complete\"")
            }
            try await appServer.end()
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "tool done: the-command is done")
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.received(id) == [gate.message, "SAY after"])
        }
    }

    @Test("a turn that an app-server finishes before it ends is completed, though the supervisor died meanwhile")
    func drainingUnseen() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let gate = try CommandGate("the-command", in: place)
            try await place.must("send", id, gate.message)
            try await gate.isReached()
            let appServer = try await CodexVictim.appServerThatDrains.processes(of: id, in: place)
            let supervisor = try await CodexVictim.supervisor.processes(of: id, in: place)
            try await appServer.end()
            try await supervisor.end()
            #expect(try await place.must("status", id) == "working")
            try await place.must("send", id, "SAY queued")
            let waiting = Task { try await place.run("wait", id) }
            try await gate.open()
            #expect(try await waiting.value.outputText == "completed\n")
            #expect(try await place.must("last-message", id) == "queued")
            try await appServer.areGone()
            #expect(try await place.received(id) == [gate.message, "SAY queued"])
            #expect(try await place.must("logs", id).contains("tool done: the-command is done"))
        }
    }

    @Test("a session is killed although its app-server takes no requests any more, because it ends after its turn")
    func killedWhileDraining() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let gate = try CommandGate("the-command", in: place)
            try await place.must("send", id, gate.message)
            try await gate.isReached()
            let thread = try await place.thread(id)
            let appServer = try await CodexVictim.appServerThatDrains.processes(of: id, in: place)
            try await appServer.end()
            #expect(try await place.must("kill", id) == "Killed session \(id)")
            try await appServer.areGone()
            let archived = try System.entries(of: place.home.path + "/.codex/archived_sessions")
            #expect(archived.contains { $0.contains(thread) })
            #expect(try await place.must("list") == "No active sessions")
            try await gate.open()
        }
    }

    @Test("twenty waits for twenty threads go on over the death of the supervisor")
    func waits() async throws {
        try await Workplace.with(.codex) { place in
            let gate = try CommandGate("the-command", in: place)
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        let id = try await place.create()
                        try await place.must("send", id, gate.message)
                        return id
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try await eventually("all commands to run", deadline: .seconds(60)) { gate.runs == ids.count }
            let waits = ids.map { id in Task { try await place.run("wait", id) } }
            try await CodexVictim.supervisor.processes(of: ids[0], in: place).end()
            for id in ids { #expect(try await place.must("status", id) == "working") }
            try await gate.open()
            for wait in waits { #expect(try await wait.value.outputText == "completed\n") }
            for id in ids {
                #expect(try await place.must("last-message", id) == "tool done: the-command is done")
                #expect(try await place.received(id) == [gate.message])
            }
            #expect(gate.runs == ids.count)
        }
    }

    @Test("a message that waits is not lost when the app-server does not come back at the first attempt")
    func secondAttempt() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let gate = try CommandGate("the-command", in: place)
            try await place.must("send", id, gate.message)
            try await gate.isReached()
            try await place.must("send", id, "SAY queued")
            let appServer = try await CodexVictim.appServer.processes(of: id, in: place)
            let codex = place.home.path + "/bin/codex"
            let script = """
                #!/bin/sh
                if [ -e \(place.home.path)/failed ]; then exec '\(try RealAgents.requireCodex())' "$@"; fi
                touch \(place.home.path)/failed
                exit 3

                """
            try System.removeFile(codex)
            try System.replace(codex, with: Array(script.utf8))
            try System.setPermissions(codex, 0o700)
            try await appServer.end()
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "queued")
            #expect(System.exists(place.home.path + "/failed"))
            #expect(try await place.received(id) == [gate.message, "SAY queued"])
            try await gate.open()
        }
    }

    /// Why there is no app-server.
    enum Absence: CaseIterable, Sendable {
        case missing
        /// It ends as soon as it is started.
        case broken
    }

    @Test("an app-server that cannot be started again is told at once, hurts nobody else, and is used when it is back", arguments: Absence.allCases)
    func absent(_ absence: Absence) async throws {
        try await Workplace.with(.codex) { place in
            try place.home.install(Package.executable("stand-in-agent"), as: "claude")
            let claude = try await place.must("create", "--cli", "claude", "-q", "--path", place.home.makeWorkFolder("claude"))
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY ready") == "ready")
            let slow = "SLOW 60 an answer that nobody will hear"
            try await place.must("send", id, slow)
            try await place.asked(slow)
            try await place.must("send", id, "SAY queued")
            let appServer = try await CodexVictim.appServer.processes(of: id, in: place)
            let codex = place.home.path + "/bin/codex"
            try System.rename(codex, to: codex + ".away")
            let complaint: String
            switch absence {
            case .missing: complaint = "codex"
            case .broken:
                try System.replace(codex, with: Array("#!/bin/sh\necho it cannot run here >&2\nexit 3\n".utf8))
                try System.setPermissions(codex, 0o700)
                complaint = "it cannot run here"
            }
            let waiting = Task { try await place.run("wait", id) }
            let end = ContinuousClock.now
            try await appServer.end()
            let waited = try await waiting.value
            print("\(absence): known after \(ContinuousClock.now - end)")
            #expect(waited.exit.status == 1)
            #expect(waited.errorText.contains(complaint), "\(waited.errorText)")

            for _ in 0..<2 {
                #expect(try await place.must("list").contains(id))
                #expect(try await place.must("ask", claude, "SAY still here") == "still here")
                #expect(try await place.run("wait", id).errorText == waited.errorText)
                let asked = try await place.run("ask", id, "SAY in vain")
                #expect(asked.exit.status == 1)
                #expect(asked.errorText.contains(complaint), "\(asked.errorText)")
                #expect(try await place.must("status", id) == "idle")
                #expect(try await place.run("create", "--cli", "codex").exit.status == 1)
                #expect(place.appServers().isEmpty)
                // The next supervisor finds it so as well.
                try await place.must("supervisor", "restart")
            }

            try System.rename(codex + ".away", to: codex)
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.received(id) == ["SAY ready", slow, "SAY after"])
        }
    }
}
