import EventLoop
import JSON
import TestSupport
import Testing

/// The real Codex app-server, stopped like a process whose machine swaps: it takes connections, and answers nothing.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct CodexMuteServerTests {
    @Test("a new supervisor serves everybody else at once, and what the server runs is not called over before it answers again")
    func newSupervisor() async throws {
        try await Workplace.with(.codex) { place in
            try place.home.install(Package.executable("stand-in-agent"), as: "claude")
            let claude = try await place.must("create", "--cli", "claude", "-q", "--path", place.home.makeWorkFolder("claude"))
            let id = try await place.create()
            let gate = try CommandGate("the-command", in: place)
            try await place.must("send", id, gate.message)
            try await gate.isReached()
            let server = try place.appServer()
            let supervisor = try await CodexVictim.supervisor.processes(of: id, in: place)
            try await stopped(server) {
                try await supervisor.end()
                #expect(try await place.must("ask", claude, "SAY still here") == "still here")
                #expect(try await place.must("list").contains(id))
                #expect(try await place.must("status", id) == "working")
                #expect(try await place.expect(124, "wait", id, "-t", "1").outputText == "")
            }
            let waiting = Task { try await place.run("wait", id) }
            try await gate.open()
            #expect(try await waiting.value.outputText == "completed\n")
            #expect(try await place.must("last-message", id) == "tool done: the-command is done")
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.received(id) == [gate.message, "SAY after"])
        }
    }

    @Test("a message that is on its way when the supervisor is restarted arrives once")
    func delivery() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY before") == "before")
            let server = try place.appServer()
            let sending = try await stopped(server) {
                let sending = Task { try await place.run("send", id, "SAY once") }
                try await eventually("the message to be on its way", deadline: .seconds(60)) {
                    try await place.turn(id).state == "delivering"
                }
                try await place.must("supervisor", "restart")
                return sending
            }
            _ = try await sending.value
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "once")
            #expect(try await place.received(id) == ["SAY before", "SAY once"])
        }
    }

    /// Runs `body` while a process is stopped.
    private func stopped<Result>(_ process: ProcessIdentity, _ body: () async throws -> Result) async throws -> Result {
        try System.kill(process.processID, Signal.stop)
        defer { try? System.kill(process.processID, Signal.proceed) }
        return try await body()
    }
}
