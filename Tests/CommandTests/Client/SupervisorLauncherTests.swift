import Control
import EventLoop
import Sessions
import Testing
import TestSupport

struct SupervisorLauncherTests {
    /// A launcher whose supervisor is a shell script.
    private static func launcher(_ stage: Stage, script: String, environment: [String: String] = [:]) async throws -> SupervisorLauncher {
        SupervisorLauncher(
            stateDirectory: stage.stateDirectory, executable: try await stage.makeScript("supervisor", "cd '\(stage.home.path)'\n\(script)"),
            environment: stage.home.environment().merging(environment) { $1 }, programVersion: "0.5.0")
    }

    @Test("many commands at once start one supervisor, and all of them reach it", .timeLimit(.minutes(1)))
    func oneOfMany() async throws {
        let pending: ScriptedSupervisor.Script = { _ in [.result([])] }
        try await Stage.with(isListening: false, script: pending) { stage in
            let launcher = try await Self.launcher(stage, script: """
                echo "$*" >> starts
                while [ ! -e listening ]; do sleep 0.02; done
                printf 'ready\\n'
                """)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        _ = try await stage.loop.offload { try launcher.connect().call(PendingCall(session: "a")) }
                    }
                }
                try await eventually("a supervisor to start") { System.exists(stage.home.path + "/starts") }
                try await stage.supervisor.listen(at: stage.stateDirectory.usualSocket)
                try stage.home.write("", to: "listening")
                try await group.waitForAll()
            }
            #expect(await stage.supervisor.calls.count == 8)
            let starts = String(decoding: try System.readFile(stage.home.path + "/starts"), as: UTF8.self)
            #expect(starts == "supervisor run --detached\n")
        }
    }

    @Test("a supervisor that does not start says why", arguments: [
        ("printf 'The journal is of a newer version.'; exit 1", "The supervisor did not start: The journal is of a newer version."),
        ("exit 3", "The supervisor did not start: it ended without a word."),
        ("printf 'ready\\n'", "The supervisor started and ended at once."),
        ("echo $$ > process; exec sleep 60", "The supervisor did not answer within 3.0 seconds."),
    ])
    func reason(script: String, message: String) async throws {
        try await Stage.with(isListening: false) { stage in
            var launcher = try await Self.launcher(stage, script: script)
            launcher.startLimit = .seconds(3)
            let started = launcher
            let error = await #expect(throws: ControlError.self) {
                _ = try await stage.loop.offload { try started.connect().supervisor }
            }
            #expect(error?.message.hasPrefix(message) == true)
            #expect(error?.message.contains(stage.stateDirectory.log) == true)
            if let process = try? System.readFile(stage.home.path + "/process") {
                let id = Int32(String(decoding: process, as: UTF8.self).split(separator: "\n")[0])
                try System.kill(try #require(id), 9)
            }
        }
    }

    @Test("a supervisor gets what is its own of the caller's environment; what it complains of is in its log")
    func environment() async throws {
        try await Stage.with(isListening: false) { stage in
            let launcher = try await Self.launcher(
                stage, script: "env > environment; echo complaint >&2; exit 1",
                environment: ["LC_ALL": "C", "DEV_SESSIONS_SESSION": "lux-mid", "DEV_SESSIONS_JITTER": "1"])
            _ = try? await stage.loop.offload { try launcher.connect().supervisor }
            let lines = String(decoding: try System.readFile(stage.home.path + "/environment"), as: UTF8.self).split(separator: "\n")
            let names = Set(lines.map { String($0.prefix { $0 != "=" }) })
            #expect(names.isSuperset(of: ["HOME", "PATH", "LANG", "LC_ALL", "TMPDIR", "SHELL", "TMUX_TMPDIR", "DEV_SESSIONS_HOME", "DEV_SESSIONS_JITTER"]))
            #expect(names.isDisjoint(with: ["ANTHROPIC_API_KEY", "DEV_SESSIONS_SESSION", "TERM", "IS_SANDBOX"]))
            #expect(try System.readFile(stage.stateDirectory.log) == Array("complaint\n".utf8))
        }
    }

    @Test("stopping returns when the supervisor has let go of its lock, whatever its version")
    func stop() async throws {
        let refusal = ControlError(.incompatible, "another version")
        try await Stage.with(greeting: .failure(refusal), script: { _ in [.leave] }) { stage in
            let launcher = try await Self.launcher(stage, script: "exit 1")
            var lock = try stage.stateDirectory.takeLock()
            async let stopped = stage.loop.offload { try launcher.stop() }
            try await eventually("the supervisor to be told") { await !stage.supervisor.calls.isEmpty }
            #expect(lock != nil)
            lock = nil
            #expect(try await stopped)
            await stage.supervisor.close()
            #expect(try await stage.loop.offload { try launcher.stop() } == false)
        }
    }
}
