import TestSupport
import Testing
@testable import Sessions

@Suite("Waiting for the next turn", .timeLimit(.minutes(2)))
struct NextTurnTests {
    private func with(_ body: (SupervisorLife, ScriptedProgram) async throws -> Void) async throws {
        try await Storage.with { storage in
            let program = ScriptedProgram()
            let life = try await SupervisorLife.first(storage.directory, program)
            try await body(life, program)
            await life.end()
        }
    }

    /// Begins to wait, and returns when that has begun.
    private func wait(_ life: SupervisorLife) async throws -> Task<WaitOutcome?, any Error> {
        let waits = await life.directory.waits.count
        let waiting = Task {
            try await life.directory.wait(
                for: [SupervisorLife.id], any: false, turn: nil, next: true, timeout: .seconds(30), caller: nil
            ).outcomes.first
        }
        try await eventually("the wait to begin") { await life.directory.waits.count > waits }
        return waiting
    }

    @Test("where nothing runs, a turn that is over does not count")
    func afterOne() async throws {
        try await with { life, _ in
            try await life.send("one")
            try await life.agent.endTurn()
            let waiting = try await wait(life)
            try await life.send("two")
            try await life.agent.endTurn(.init(state: .failed, reason: "why"))
            let turn = try await waiting.value?.turn
            #expect(turn?.id == 2)
            #expect(turn?.state == .failed)
        }
    }

    @Test("a turn that runs is the one, also where others wait behind it")
    func running() async throws {
        try await with { life, _ in
            try await life.send("one")
            try await life.send("two", queue: true)
            let waiting = try await wait(life)
            try await life.agent.endTurn()
            #expect(try await waiting.value?.turn?.id == 1)
        }
    }

    @Test("a message that is being delivered is the next turn")
    func delivering() async throws {
        try await with { life, program in
            program.hold(at: .beforeTyping)
            let sending = Task { try await life.send("one") }
            let agent = try await life.agent
            await agent.arrive(at: .beforeTyping)
            let waiting = try await wait(life)
            await agent.goOn()
            _ = try await sending.value
            await agent.endTurn()
            #expect(try await waiting.value?.turn?.id == 1)
        }
    }

    @Test("of two messages that come at once, the first is the next turn")
    func twoAtOnce() async throws {
        try await with { life, program in
            let waiting = try await wait(life)
            program.hold(at: .beforeTyping)
            let sending = Task { try await life.send("one") }
            let agent = try await life.agent
            await agent.arrive(at: .beforeTyping)
            try await life.send("two", queue: true)
            await agent.goOn()
            _ = try await sending.value
            await agent.endTurn()
            #expect(try await waiting.value?.turn?.id == 1)
        }
    }

    @Test("a person's turn counts, also before a message that waits")
    func person() async throws {
        try await with { life, _ in
            let waiting = try await wait(life)
            let agent = try await life.agent
            await agent.tell(.turnStarted(AgentTurn(id: "person", origin: .terminal, text: "by hand")))
            try await life.send("queued", queue: true)
            let behind = try await wait(life)
            await agent.tell(.turnEnded(agentTurn: "person", .init(state: .interrupted, reason: nil)))
            for wait in [waiting, behind] {
                let turn = try await wait.value?.turn
                #expect(turn?.origin == "terminal")
                #expect(turn?.state == .interrupted)
            }
        }
    }

    @Test("a wait that is taken up again gets the turn that began and ended in between")
    func takenUp() async throws {
        try await with { life, _ in
            for text in ["one", "two", "three"] {
                try await life.send(text)
                try await life.agent.endTurn()
            }
            func next(after previous: Int64) async throws -> Int64? {
                try await life.directory.wait(
                    for: [SupervisorLife.id], any: false, turn: nil, next: true, after: [SupervisorLife.id: previous],
                    timeout: .milliseconds(5), caller: nil
                ).outcomes.first?.turn?.id
            }
            #expect(try await next(after: 1) == 2)
            #expect(try await next(after: 2) == 3)
            #expect(try await next(after: 3) == nil)
        }
    }

    @Test("a question, and the end of the agent, end the wait without a turn")
    func withoutTurn() async throws {
        try await with { life, _ in
            let agent = try await life.agent
            let asked = try await wait(life)
            await agent.tell(.inputNeeded(PendingInput(
                id: "a", kind: .permission, tool: nil, input: nil, questions: [], answerable: true, since: 1)))
            #expect(try await asked.value?.pending.map(\.id) == ["a"])
            await agent.tell(.inputSettled(request: "a"))
            let waiting = try await wait(life)
            await agent.exit("the agent died")
            let outcome = try await waiting.value
            #expect(outcome?.turn == nil)
            #expect(outcome?.ended == "the agent died")
            // Whoever comes later is told at once.
            let late = try await life.directory.wait(
                for: [SupervisorLife.id], any: false, turn: nil, next: true, timeout: .seconds(30), caller: nil)
            #expect(late.outcomes.first?.ended == "the agent died")
        }
    }

    @Test("a wait whose time is over leaves nothing behind")
    func timedOut() async throws {
        try await with { life, _ in
            let waited = try await life.directory.wait(
                for: [SupervisorLife.id], any: false, turn: nil, next: true, timeout: .milliseconds(5), caller: nil)
            #expect(waited.timedOut == [SupervisorLife.id])
            #expect(try await life.session.waiters.isEmpty)
        }
    }
}
