import Control
import EventLoop
import JSON
import Testing
import TestSupport

/// The real supervisor under the real commands, with the stand-in agent.
@Suite(.timeLimit(.minutes(3)))
struct SupervisorTests {
    /// A stage without a scripted supervisor; what was started on it is ended.
    private static func withStage(stateDirectory: String? = nil, _ body: (Stage) async throws -> Void) async throws {
        try await Stage.with(isListening: false, stateDirectory: stateDirectory) { stage in
            try stage.home.install(Package.executable("stand-in-agent"), as: "claude")
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await body(stage))
            } catch {
                outcome = .failure(error)
            }
            _ = try await stage.run("kill", "--all")
            _ = try await stage.run("supervisor", "stop")
            try await stage.home.tmux.killServer()
            try outcome.get()
        }
    }

    private static func processID(_ stage: Stage) async throws -> Int32 {
        let status = try JSON(parsing: try await stage.run("supervisor", "status", "--json").outputText)
        return Int32(try #require(status["processID"]?.int))
    }

    @Test("commands at once start one supervisor, and each gets its answer")
    func oneOfMany() async throws {
        try await Self.withStage { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let result = try await stage.run("list")
                        #expect(result.outputText == "No active sessions\n" && result.errors.isEmpty && result.exit.status == 0)
                    }
                }
                try await group.waitForAll()
            }
            let log = String(decoding: try System.readFile(stage.stateDirectory.log), as: UTF8.self)
            #expect(log.split(separator: "\n").count { $0.contains("supervisor started") } == 1)
            #expect(System.isPrivateDirectory(stage.stateDirectory.path))
        }
    }

    @Test("there is one supervisor, which can be started, restarted, stopped and asked how it is")
    func life() async throws {
        try await Self.withStage { stage in
            let absent = try await stage.run("supervisor", "status")
            #expect(absent.outputText == "Supervisor: not running\n" && absent.exit.status == 1)
            #expect(try await stage.run("supervisor", "stop").outputText == "No supervisor is running\n")
            let started = try await stage.run("supervisor", "start").outputText
            let first = try await Self.processID(stage)
            #expect(started == "Supervisor started (pid \(first))\n")
            #expect(try await stage.run("supervisor", "start").outputText == "Supervisor already running (pid \(first))\n")
            let second = try await stage.run("supervisor", "run")
            #expect(second.errorText == "A supervisor runs already.\n" && second.exit.status == 1)
            let detached = try await stage.run("supervisor", "run", "--detached")
            #expect(detached.outputText == SupervisorLauncher.readiness && detached.exit.status == 0)
            let restarted = try await stage.run("supervisor", "restart").outputText
            let next = try await Self.processID(stage)
            #expect(restarted == "Supervisor restarted (pid \(next))\n" && next != first)
            #expect(try await stage.run("supervisor", "stop").outputText == "Supervisor stopped\n")
            #expect(ProcessIdentity.of(next) == nil)
        }
    }

    @Test("a home with a long path works, hooks included")
    func longPath() async throws {
        try await Self.withStage(stateDirectory: String(repeating: "a-long-name/", count: 12) + "state") { stage in
            #expect(stage.stateDirectory.usualSocket.utf8.count > System.socketPathLimit)
            #expect(try await stage.run("create", "-q", "--id", "annie-top").outputText == "annie-top\n")
            #expect(try await stage.run("ask", "annie-top", "SAY hello").outputText == "hello\n")
            let status = try JSON(parsing: try await stage.run("status", "annie-top", "--json").outputText)
            #expect(status["hooks"] == true)
        }
    }

    @Test("a wait goes on over a restart, and over a supervisor that is killed")
    func waitSurvives() async throws {
        try await Self.withStage { stage in
            _ = try await stage.run("create", "-q", "--id", "annie-top")
            _ = try await stage.run("send", "annie-top", "SLOW 3 one two three")
            async let waited = stage.run("wait", "annie-top")
            _ = try await stage.run("supervisor", "restart")
            try System.kill(try await Self.processID(stage), 9)
            _ = try await stage.run("list")
            let result = try await waited
            #expect(result.outputText == "completed\n" && result.errors.isEmpty && result.exit.status == 0)
            #expect(try await stage.run("last-message", "annie-top").outputText == "one two three\n")
        }
    }

    @Test("what happened while there was no supervisor is known to the next one")
    func absence() async throws {
        try await Self.withStage { stage in
            _ = try await stage.run("create", "-q", "--id", "annie-top")
            let go = stage.stateDirectory.path + "/go"
            _ = try await stage.run("send", "annie-top", "TOOL until [ -e '\(go)' ] || [ ! -d '\(stage.stateDirectory.path)' ]; do sleep 0.05; done; echo late")
            _ = try await stage.run("supervisor", "stop")
            try System.replace(go, with: [])
            let spool = stage.stateDirectory.spoolFile(of: "annie-top")
            try await eventually("the hook to leave a line") { System.exists(spool) }
            let result = try await stage.run("wait", "annie-top")
            #expect(result.outputText == "completed\n" && result.errors.isEmpty)
            #expect(try await stage.run("last-message", "annie-top").outputText == "tool done: late\n")
            #expect(!System.exists(spool))
        }
    }

    @Test("a question can be answered after its supervisor was killed")
    func questionSurvives() async throws {
        try await Self.withStage { stage in
            _ = try await stage.run("create", "-q", "--id", "annie-top")
            let asked = try await stage.run("ask", "annie-top", "ASK")
            #expect(asked.outputText.hasPrefix("Which colour?\n") && asked.exit.status == 3)
            try System.kill(try await Self.processID(stage), 9)
            try await eventually("the hook to ask again") {
                let pending = try JSON(parsing: try await stage.run("respond", "annie-top", "--json").outputText)
                return pending[0]?["answerable"] == true
            }
            #expect(try await stage.run("respond", "annie-top", "--answer", "Red").outputText == "Responded to annie-top\n")
            #expect(try await stage.run("wait", "annie-top").outputText == "completed\n")
            #expect(try await stage.run("last-message", "annie-top").outputText.contains("Red"))
        }
    }
}
