import Control
import EventLoop
import JSON
import Testing
import TestSupport

struct HookTests {
    private static let stop: JSON = ["hook_event_name": "Stop", "session_id": "u"]
    private static let request: JSON = ["hook_event_name": "PermissionRequest", "tool_name": "Bash"]

    private static func hook(_ stage: Stage, _ payload: JSON) throws -> Command {
        try stage.command(["hook", "--state-directory", stage.stateDirectory.path, "annie-top"], input: payload.compact + "\n")
    }

    @Test("a hook hands its payload over and prints what it is told to")
    func handedOver() async throws {
        try await Stage.with(script: { _ in [.result(["output": ["decision": "block"]])] }) { stage in
            let result = try await Self.hook(stage, Self.stop).run()
            #expect(result.outputText == #"{"decision":"block"}"# + "\n")
            #expect(result.exit.status == 0)
            #expect(await stage.supervisor.calls == [
                .init(method: "hook", parameters: ["session": "annie-top", "payload": Self.stop])
            ])
            #expect(!System.exists(stage.stateDirectory.spoolFile(of: "annie-top")))
        }
    }

    @Test("a hook without an answer to give prints nothing")
    func silent() async throws {
        try await Stage.with { stage in
            let result = try await Self.hook(stage, Self.stop).run()
            #expect(result.output.isEmpty && result.errors.isEmpty && result.exit.status == 0)
        }
    }

    @Test("hooks that find no supervisor leave one line each, for their user only", .timeLimit(.minutes(2)))
    func spooled() async throws {
        try await Stage.with(isListening: false) { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let text = JSON.string(String(repeating: "long ", count: 30_000))
                        let payload: JSON = ["hook_event_name": "Stop", "number": JSON(number), "text": text]
                        let result = try await Self.hook(stage, payload).run()
                        #expect(result.output.isEmpty && result.errors.isEmpty && result.exit.status == 0)
                    }
                }
                try await group.waitForAll()
            }
            let path = stage.stateDirectory.spoolFile(of: "annie-top")
            let lines = try System.readFile(path).split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) }
            #expect(Set(lines.compactMap { $0["payload"]?["number"]?.int }) == Set(0..<12))
            #expect(lines.allSatisfy { $0["session"] == "annie-top" && ($0["time"]?.int ?? 0) > 1_000_000_000_000 })
            #expect(System.isPrivateDirectory(stage.stateDirectory.spool))
        }
    }

    @Test("a hook whose supervisor leaves or is of another version leaves its line", arguments: [
        (ScriptedSupervisor.welcome, ScriptedSupervisor.Reaction.leave),
        (.failure(ControlError(.incompatible, "another version")), .failure(ControlError(.invalidRequest, "greet first"))),
    ])
    func notTaken(greeting: ScriptedSupervisor.Reaction, reaction: ScriptedSupervisor.Reaction) async throws {
        try await Stage.with(greeting: greeting, script: { _ in [reaction] }) { stage in
            let result = try await Self.hook(stage, Self.stop).run()
            #expect(result.exit.status == 0)
            let line = try JSON(parsing: try System.readFile(stage.stateDirectory.spoolFile(of: "annie-top")))
            #expect(line["payload"] == Self.stop)
        }
    }

    @Test("a hook that nobody wants ends well", arguments: ["", "not JSON", "[]"])
    func garbage(input: String) async throws {
        try await Stage.with(script: { _ in [.failure(ControlError(.sessionNotFound, "Session not found"))] }) { stage in
            let arguments = ["hook", "--state-directory", stage.stateDirectory.path, "annie-top"]
            let result = try await stage.command(arguments, input: input).run()
            #expect(result.exit.status == 0)
            #expect(result.output.isEmpty && result.errors.isEmpty)
        }
    }

    @Test("a permission request waits for its decision, over supervisors that come and go, under one name", .timeLimit(.minutes(2)))
    func reconnects() async throws {
        try await Stage.with(isListening: false, script: { call in
            call.parameters["payload"]?["tool_name"] == "Bash" ? [.leave] : []
        }) { stage in
            let hook = try Self.hook(stage, Self.request)
            async let result = hook.run()
            try await stage.supervisor.listen(at: stage.stateDirectory.usualSocket)
            try await eventually("the hook to ask twice") { await stage.supervisor.calls.count >= 2 }
            await stage.supervisor.close()
            let next = ScriptedSupervisor(loop: stage.loop, script: { _ in [.result(["output": ["allowed": true]])] })
            try await next.listen(at: stage.stateDirectory.usualSocket)
            #expect(try await result.outputText == #"{"allowed":true}"# + "\n")
            let names = await (stage.supervisor.calls + next.calls).map { $0.parameters["payload"]?["request_id"]?.string }
            #expect(Set(names).count == 1)
            #expect(names[0]?.isEmpty == false)
            #expect(!System.exists(stage.stateDirectory.spoolFile(of: "annie-top")))
            await next.close()
        }
    }

    @Test("a permission request ends with the agent that waits for it", .timeLimit(.minutes(2)))
    func agentGone() async throws {
        try await Stage.with(script: { _ in [] }) { stage in
            let hook = try Package.executable("dev-sessions")
            // The shell stands for the agent: it leaves the hook behind.
            let script = """
                printf '%s' '\(Self.request.compact)' | \
                '\(hook)' hook --state-directory '\(stage.stateDirectory.path)' annie-top > /dev/null 2>&1 &
                while [ ! -e end ]; do sleep 0.05; done
                """
            let shell = Command("/bin/sh", ["-c", script], environment: stage.home.environment(), directory: stage.home.path)
            async let ended = shell.run()
            try await eventually("the hook to ask") { await stage.supervisor.callers == 1 }
            try stage.home.write("", to: "end")
            _ = try await ended
            try await eventually("the hook to leave") { await stage.supervisor.callers == 0 }
        }
    }
}
