import TestSupport
import Testing
@testable import Sessions

@Suite("Steering a turn", .timeLimit(.minutes(2)))
struct SteeringTests {
    private func with(
        disk: SupervisorLife.Disk = SupervisorLife.Disk(), _ body: (SupervisorLife, ScriptedProgram) async throws -> Void
    ) async throws {
        try await Storage.with { storage in
            let program = ScriptedProgram()
            let life = try await SupervisorLife.first(storage.directory, program, disk: disk)
            try await body(life, program)
            await life.end()
        }
    }

    private func steer(_ text: String, _ life: SupervisorLife) async throws -> Turn {
        try await life.directory.send(text, to: SupervisorLife.id, literal: false, queue: false, steer: true, caller: nil).turn
    }

    @Test("the message reaches the running turn at once, and ends with it", arguments: [TurnState.completed, .failed, .interrupted])
    func steers(_ state: TurnState) async throws {
        try await with { life, program in
            try await life.send("go")
            try await life.send("then", queue: true)
            let steered = try await steer("left", life)
            #expect(steered.state == .running)
            #expect(program.received == ["go", "left"])
            try await life.agent.endTurn(.init(state: state, reason: "why"))
            for turn in [1, steered.id] {
                let outcome = try await life.wait(for: turn)
                #expect(outcome.turn?.state == state)
                #expect(outcome.turn?.reason == "why")
                #expect(outcome.turn?.agentTurnID == "prompt-1")
            }
            // What waits is a turn of its own.
            try await life.received(3, by: program)
            #expect(program.messages.last?.id == "prompt-3")
        }
    }

    @Test("where nothing runs, it is sent as usual")
    func idle() async throws {
        try await with { life, program in
            let turn = try await steer("go", life)
            #expect(turn.state == .running)
            #expect(program.received == ["go"])
            try await life.agent.endTurn()
            #expect(try await life.wait().turn?.state == .completed)
        }
    }

    @Test("a message that comes too late for its turn becomes one of its own")
    func late() async throws {
        try await with { life, program in
            try await life.send("go")
            program.hold(at: .typed)
            let steering = Task { try await steer("left", life) }
            let agent = try await life.agent
            await agent.arrive(at: .typed)
            await agent.endTurn()
            await agent.goOn()
            let turn = try await steering.value
            #expect(turn.state == .running)
            #expect(turn.agentTurnID == "prompt-2")
            #expect(program.received == ["go", "left"])
            #expect(try await life.wait(for: 1).turn?.state == .completed)
            await agent.endTurn()
            #expect(try await life.wait(for: turn.id).turn?.state == .completed)
        }
    }

    @Test("while the agent waits for an answer, nothing is steered")
    func pending() async throws {
        try await with { life, program in
            try await life.send("go")
            try await life.agent.tell(.inputNeeded(PendingInput(
                id: "a", kind: .permission, tool: nil, input: nil, questions: [], answerable: true, since: 1)))
            let error = await #expect(throws: SessionError.self) { try await steer("left", life) }
            #expect(error?.code == .inputNeeded)
            #expect(program.received == ["go"])
        }
    }

    @Test("when it cannot be written that a message is about to be sent, it is not sent, and the turn goes on", arguments: 0...1)
    func diskFails(after commits: Int) async throws {
        let disk = SupervisorLife.Disk()
        try await with(disk: disk) { life, program in
            try await life.send("go")
            // That the first one was delivered is written behind.
            _ = try await life.journal.turn(0)
            disk.failNext(after: commits)
            await #expect(throws: SessionError.self) { try await steer("left", life) }
            #expect(program.received == ["go"])
            try await life.agent.endTurn()
            #expect(try await life.wait(for: 1).turn?.state == .completed)
        }
    }

    @Test("an agent that dies before the message was entered leaves no doubt")
    func dies() async throws {
        try await with { life, program in
            try await life.send("go")
            program.hold(at: .beforeTyping)
            let steering = Task { try await steer("left", life) }
            let agent = try await life.agent
            await agent.arrive(at: .beforeTyping)
            await agent.exit("the agent died")
            await agent.goOn()
            let error = await #expect(throws: SessionError.self) { try await steering.value }
            #expect(error?.message.contains("the agent died") == true)
            #expect(program.received == ["go"])
        }
    }

    @Test("a message that was being sent when the supervisor died reaches the agent once", arguments: ScriptedProgram.Step.allCases)
    func supervisorDies(_ step: ScriptedProgram.Step) async throws {
        try await Storage.with { storage in
            let program = ScriptedProgram()
            let first = try await SupervisorLife.first(storage.directory, program)
            try await first.send("go")
            program.hold(at: step)
            // Its caller dies with the supervisor.
            Task { _ = try? await steer("left", first) }
            try await first.agent.arrive(at: step)
            let second = try await first.die(thenIn: storage.directory, program)
            try await second.agent.endTurn()
            #expect(try await second.wait(for: 1).turn?.state == .completed)
            try await second.received(2, by: program)
            // It has become a turn of its own, if it was not sent before.
            try await second.agent.endTurn()
            #expect(try await second.wait(for: 2).turn?.state == .completed)
            #expect(program.received == ["go", "left"])
            await second.end()
        }
    }
}
