import EventLoop
import TestSupport
import Testing

/// What a command does whose supervisor is killed.
@Suite struct SupervisorLossTests {
    @Test("an ask starts another supervisor, and prints the answer")
    func ask() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create()
            let pid = try await place.supervisorPID()
            let gate = try CommandGate("the-command", in: place)
            async let answer = place.must("ask", id, gate.message)
            try await gate.isReached()
            try System.kill(pid, Signal.kill)
            try await gate.open()
            #expect(try await answer == "tool done: the-command is done")
            #expect(try await place.supervisorPID() != pid)
        }
    }

    @Test("a session whose creation fails at the last step leaves no agent behind")
    func failedCreation() async throws {
        try await Workplace.with(.standIn) { place in
            try await place.must("list")
            let lock = place.home.path + "/.dev-sessions/sessions.json.lock"
            try System.makeDirectory(lock)
            #expect(try await place.run("create", "--id", "stuck").exit.status == 1)
            try System.removeTree(lock)
            #expect(try await !place.home.tmux.run("list-sessions", "-F", "#S").contains("dev-stuck"))
            try await eventually("the file to be without it") { try await !place.must("list", "--all").contains("stuck") }
            _ = try await place.create("--id", "stuck")
        }
    }
}
