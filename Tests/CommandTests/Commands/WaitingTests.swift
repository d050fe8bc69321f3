import Control
import EventLoop
import JSON
import Sessions
import Testing
import TestSupport

struct WaitingTests {
    private static func outcome(_ session: String, _ state: TurnState?, reason: String? = nil) -> WaitOutcome {
        WaitOutcome(
            session: session,
            turn: state.map {
                TurnReport(
                    id: 7, state: $0, origin: "command", reason: reason, agentTurnID: nil, altered: false, createdAt: 0, endedAt: nil)
            },
            pending: state == .waitingForInput ? [Pending.question] : [], ended: state == nil ? "the agent ended" : nil)
    }

    private static func script(_ outcomes: [WaitOutcome], timedOut: [String] = []) -> ScriptedSupervisor.Script {
        let result = JSON.wire(WaitCall.Result(outcomes: outcomes, timedOut: timedOut))
        let sent = JSON.wire(SendCall.Result(turn: 7, state: .running, normalizations: []))
        return { call in
            switch call.method {
            case SendCall.method: [.result(sent)]
            case WaitCall.method: [.result(result)]
            case LastMessageCall.method: [.result(["blocks": ["the answer"], "pending": []])]
            default: [.leave]
            }
        }
    }

    private static let verdicts: [(TurnState?, String?, output: String, errors: String, status: Int32)] = [
        (.completed, nil, "completed\n", "", 0),
        (.waitingForInput, nil, Pending.question.summary + "\n", "", 3),
        (.failed, "API Error: 529", "", "Turn failed: API Error: 529\n", 1),
        (.failed, nil, "", "Turn failed\n", 1),
        (.interrupted, nil, "", "Turn interrupted\n", 1),
        (.cancelled, nil, "", "Turn cancelled\n", 1),
        (.undelivered, "nobody can tell", "", "Turn not delivered: nobody can tell\n", 1),
        (.cutOff, nil, "", "tmux session died during wait\n", 1),
        (nil, nil, "", "tmux session died during wait\n", 1),
    ]

    @Test("wait tells how the turn ended by its exit code and one line")
    func wait() async throws {
        for (state, reason, output, errors, status) in Self.verdicts {
            try await Stage.with(script: Self.script([Self.outcome("a", state, reason: reason)])) { stage in
                let result = try await stage.run("wait", "a", "-t", "5", "-i", "0.1")
                #expect(result.outputText == output && result.errorText == errors && result.exit.status == status)
                #expect(await stage.supervisor.calls.first?.parameters["turn"] == nil)
            }
        }
    }

    @Test("ask prints the answer of its own turn, or why there is none")
    func ask() async throws {
        for (state, reason, output, errors, status) in Self.verdicts {
            try await Stage.with(script: Self.script([Self.outcome("a", state, reason: reason)])) { stage in
                let result = try await stage.run("ask", "a", "a question", session: "lux-mid")
                #expect(result.outputText == (state == .completed ? "the answer\n" : output))
                #expect(result.errorText == errors && result.exit.status == status)
                let wait = try #require(await stage.supervisor.calls.first { $0.method == WaitCall.method }).parameters
                #expect(wait["turn"] == 7 && wait["caller"] == "lux-mid")
                let last = await stage.supervisor.calls.first { $0.method == LastMessageCall.method }
                #expect(state != .completed || last?.parameters == ["session": "a", "count": 1, "turn": 7])
            }
        }
    }

    @Test("time that is over is 124")
    func timedOut() async throws {
        try await Stage.with(script: Self.script([], timedOut: ["a"])) { stage in
            let wait = try await stage.run("wait", "a", "--timeout", "1")
            #expect(wait.errorText == "Timed out waiting for a\n" && wait.output.isEmpty && wait.exit.status == 124)
            let ask = try await stage.run("ask", "a", "hello", "--timeout", "12")
            #expect(ask.errorText == """
                Timed out waiting for a after 12s (the agent keeps working; use 'wait a' then 'last-message a' to pick up the reply)\n
                """)
            #expect(ask.output.isEmpty && ask.exit.status == 124)
            let limit = await stage.supervisor.calls.last?.parameters["timeoutMilliseconds"]?.int
            #expect((11_000...12_000).contains(try #require(limit)))
        }
    }

    @Test("a wait for several names each, and its exit code is the worst")
    func several() async throws {
        let outcomes = [Self.outcome("a", .completed), Self.outcome("b", .failed, reason: "x"), Self.outcome("c", .waitingForInput)]
        try await Stage.with(script: Self.script(outcomes, timedOut: ["d"])) { stage in
            let all = try await stage.run("wait", "a", "b", "c", "d")
            #expect(all.outputText == "a: completed\nc: \(Pending.question.summary)\n")
            #expect(all.errorText == "b: Turn failed: x\nTimed out waiting for d\n")
            #expect(all.exit.status == 1)
            let json = try await stage.run("wait", "a", "b", "c", "d", "--json")
            #expect(json.outputText == JSON.wire(WaitCall.Result(outcomes: outcomes, timedOut: ["d"])).pretty + "\n")
            #expect(json.errors.isEmpty && json.exit.status == 1)
        }
    }

    @Test("a wait for any is over with the first", arguments: [
        ([], 124), ([Self.outcome("b", .completed)], 0),
    ] as [([WaitOutcome], Int32)])
    func any(outcomes: [WaitOutcome], status: Int32) async throws {
        try await Stage.with(script: Self.script(outcomes, timedOut: ["a"])) { stage in
            let result = try await stage.run("wait", "--any", "a", "b")
            #expect(result.outputText == (outcomes.isEmpty ? "" : "b: completed\n"))
            #expect(result.exit.status == status)
            #expect(await stage.supervisor.calls.first?.parameters["any"] == true)
        }
    }

    @Test("a wait for the next turn is refused for sessions that are not codex's")
    func nextTurn() async throws {
        try await Stage.with(script: { _ in [.result(.wire(Self.status("a", .claude, turn: nil)))] }) { stage async throws in
            let result = try await stage.run("wait", "a", "--next-turn")
            #expect(result.errorText == "--next-turn waits are only supported for codex sessions; a is a claude session\n")
            #expect(result.exit.status == 1)
        }
    }

    @Test("a wait for the next turn says after which it is, so that it can be taken up again", arguments: [
        (nil, 0, [:]), (.completed, 0, ["a": 7]), (.running, 0, ["a": 6]), (.queued, 1, [:]),
    ] as [(TurnState?, Int, JSON)])
    func after(state: TurnState?, queued: Int, previous: JSON) async throws {
        let turn = state.flatMap { Self.outcome("a", $0).turn }
        let status = Self.status("a", .codex, turn: turn, queued: queued)
        try await Stage.with(script: { call in
            call.method == StatusCall.method ? [.result(.wire(status))] : [.result(.wire(WaitCall.Result(outcomes: [Self.outcome("a", .completed)], timedOut: [])))]
        }) { stage async throws in
            #expect(try await stage.run("wait", "a", "--next-turn").outputText == "completed\n")
            let call = try #require(await stage.supervisor.calls.last)
            #expect(call.parameters["next"] == true)
            #expect(call.parameters["after"] == previous)
        }
    }

    private static func status(_ id: String, _ agent: AgentKind, turn: TurnReport?, queued: Int = 0) -> SessionStatus {
        SessionStatus(
            id: id, state: .idle, source: .appServer, agent: agent, agentVersion: nil, processID: nil, hooks: true, transcript: nil,
            turn: turn, queued: queued, pending: [])
    }

    @Test("a wait for a goal prints the goal's status, or why there is none", arguments: [
        (.reached(status: "complete"), "complete\n", "", 0), (.reached(status: "budgetLimited"), "budgetLimited\n", "", 0),
        (.inputNeeded([Pending.question]), Pending.question.summary + "\n", "", 3),
        (.cleared, "cleared\n", "", 0), (.timedOut, "", "Timed out waiting for goal on a\n", 124),
        (.exited(reason: "its thread was archived"), "", "a has ended: its thread was archived\n", 1),
        (.interrupted, "", "The goal of a is active, but its turn was stopped; go on with `dev-sessions goal a --resume`\n", 1),
    ] as [(Session.GoalOutcome, String, String, Int32)])
    func goal(outcome: Session.GoalOutcome, output: String, complaint: String, status: Int32) async throws {
        try await Stage.with(script: { _ in [.result(.wire(outcome))] }) { stage async throws in
            let result = try await stage.run("wait", "a", "--goal", "-t", "5")
            #expect(result.outputText == output && result.errorText == complaint && result.exit.status == status)
            #expect(await stage.supervisor.calls.map(\.method) == ["goal.wait"])
        }
    }

    @Test("a wait for a goal is taken up again with the next supervisor")
    func goalTakenUp() async throws {
        try await Stage.with(script: { _ in [.notification("supervisor.stopping", [:])] }) { stage in
            async let result = stage.run("wait", "a", "--goal")
            try await eventually("the wait to begin") { await stage.supervisor.calls.count == 1 }
            await stage.supervisor.close()
            let next = ScriptedSupervisor(loop: stage.loop, script: { _ in [.result(.wire(Session.GoalOutcome.cleared))] })
            try await next.listen(at: stage.stateDirectory.usualSocket)
            #expect(try await result.outputText == "cleared\n")
            await next.close()
        }
    }

    @Test("a wait is taken up again with the next supervisor")
    func takenUp() async throws {
        try await Stage.with(script: { _ in [.notification("supervisor.stopping", [:])] }) { stage in
            async let result = stage.run("wait", "a")
            try await eventually("the wait to begin") { await stage.supervisor.calls.count == 1 }
            await stage.supervisor.close()
            let next = ScriptedSupervisor(loop: stage.loop, script: Self.script([Self.outcome("a", .completed)]))
            try await next.listen(at: stage.stateDirectory.usualSocket)
            #expect(try await result.outputText == "completed\n")
            await next.close()
        }
    }

    @Test("a wait whose supervisor was stopped on purpose says so, and starts none", .timeLimit(.minutes(1)))
    func stopped() async throws {
        try await Stage.with(script: { _ in [.notification("supervisor.stopping", [:]), .leave] }) { stage in
            await stage.supervisor.close()
            try await stage.supervisor.listen(at: stage.stateDirectory.usualSocket)
            let command = try stage.command(["wait", "a"])
            async let result = command.run()
            try await eventually("the wait to begin") { await !stage.supervisor.calls.isEmpty }
            await stage.supervisor.close()
            #expect(try await result.errorText == "The supervisor left before it answered \"wait\". Sessions go on; run the command again.\n")
            #expect(try await result.exit.status == 1)
            #expect(!System.exists(stage.stateDirectory.log))
        }
    }

    @Test("on a terminal the time goes by, and leaves no trace", .timeLimit(.minutes(1)))
    func progress() async throws {
        try await Stage.with(script: { _ in [.notification("supervisor.stopping", [:])] }) { stage in
            let program = try Package.executable("dev-sessions")
            try await stage.home.tmux.run(
                "new-session", "-d", "-x", "60", "-s", "terminal", "'\(program)' wait annie-top; echo done; sleep 60",
                environment: stage.home.environment())
            var times: Set<String> = []
            try await eventually("the time to go by") {
                let screen = try await stage.home.tmux.run("capture-pane", "-p", "-t", "terminal")
                if let line = screen.split(separator: "\n").first, line.hasPrefix("Waiting for annie-top ") { times.insert(String(line)) }
                return times.count > 1
            }
            await stage.supervisor.close()
            let next = ScriptedSupervisor(loop: stage.loop, script: Self.script([Self.outcome("annie-top", .completed)]))
            try await next.listen(at: stage.stateDirectory.usualSocket)
            try await eventually("the wait to end") {
                let screen = try await stage.home.tmux.run("capture-pane", "-p", "-t", "terminal")
                return screen.split(separator: "\n") == ["completed", "done"]
            }
            await next.close()
            try await stage.home.tmux.killServer()
        }
    }

    @Test("nothing of the progress line is written where nobody looks")
    func noProgress() async throws {
        try await Stage.with(script: { _ in [.notification("supervisor.stopping", [:])] }) { stage in
            async let result = stage.run("wait", "a")
            try await eventually("the wait to begin") { await stage.supervisor.calls.count == 1 }
            await stage.supervisor.close()
            #expect(try await !result.errorText.contains("Waiting"))
        }
    }
}
