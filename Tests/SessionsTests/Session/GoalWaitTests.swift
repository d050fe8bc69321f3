import TestSupport
import Testing
@testable import Sessions

@Suite("Waiting for a goal", .timeLimit(.minutes(2)))
struct GoalWaitTests {
    private func with(_ body: (SupervisorLife, ScriptedAgent) async throws -> Void) async throws {
        try await Storage.with { storage in
            let life = try await SupervisorLife.first(storage.directory, ScriptedProgram())
            try await body(life, try await life.agent)
            await life.end()
        }
    }

    private static func goal(_ status: String) -> SessionGoal {
        SessionGoal(
            threadId: "t", objective: "finish", status: status, tokenBudget: nil, tokensUsed: 0, timeUsedSeconds: 0, createdAt: 0, updatedAt: 0)
    }

    /// Begins to wait, and returns when that has begun.
    private func wait(_ life: SupervisorLife, timeout: Duration = .seconds(30)) async throws -> Task<Session.GoalOutcome, any Error> {
        let session = try await life.session
        let before = await session.goalWaits
        let waiting = Task { try await session.waitForGoal(timeout: timeout) as Session.GoalOutcome }
        try await eventually("the wait to begin") { await session.goalWaits > before }
        return waiting
    }

    private func outcome(_ life: SupervisorLife) async throws -> Session.GoalOutcome {
        try await life.session.waitForGoal(timeout: .seconds(30))
    }

    @Test("without a goal there is nothing to wait for")
    func none() async throws {
        try await with { life, _ in
            let error = await #expect(throws: SessionError.self) { try await outcome(life) }
            #expect(error?.message == "No goal set for ahri")
            #expect(error?.code == .nothingPending)
        }
    }

    @Test("a goal that is over is told at once", arguments: ["complete", "blocked", "usageLimited", "budgetLimited", "paused"])
    func over(_ status: String) async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal(status))
            let outcome = try await outcome(life)
            #expect(outcome == .reached(status: status))
        }
    }

    @Test("a goal goes on over several turns, and between them")
    func turns() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let waiting = try await wait(life)
            for turn in ["A", "B"] {
                await agent.tell(.turnStarted(AgentTurn(id: turn, origin: .agent, text: "finish")))
                await agent.tell(.turnEnded(agentTurn: turn, .init(state: .completed, reason: nil)))
                await agent.tell(.idle)
            }
            try await eventually("the wait to go on") { try await life.session.goalWaits > 0 }
            await agent.tell(goal: Self.goal("complete"))
            let outcome = try await waiting.value
            #expect(outcome == .reached(status: "complete"))
            #expect(try await life.session.goalWaits == 0)
        }
    }

    @Test("a goal that is reached in the middle of a turn is told at the turn's end", arguments: ["complete", "blocked", "budgetLimited"])
    func midTurn(_ status: String) async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            await agent.tell(.turnStarted(AgentTurn(id: "A", origin: .agent, text: "finish")))
            let waiting = try await wait(life)
            await agent.tell(goal: Self.goal(status))
            try await eventually("the wait to go on") { try await life.session.goalWaits > 0 }
            let late = try await wait(life)
            await agent.tell(.turnEnded(agentTurn: "A", .init(state: .completed, reason: nil)))
            #expect(try await waiting.value == .reached(status: status))
            #expect(try await late.value == .reached(status: status))
        }
    }

    @Test("that holds for a turn, too, of which nobody has been told yet whose it is")
    func midUnknownTurn() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let waiting = try await wait(life)
            // The agent reports that it works.
            await agent.tell(goal: Self.goal("complete"), isPursued: true)
            try await eventually("the wait to go on") { try await life.session.goalWaits > 0 }
            await agent.tell(.said(LogMessage(role: .assistant, text: "finished")))
            try await eventually("the wait to go on") { try await life.session.goalWaits > 0 }
            await agent.stopPursuing()
            #expect(try await waiting.value == .reached(status: "complete"))
        }
    }

    @Test("a goal that is paused is told at once, though its turn goes on")
    func paused() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            await agent.tell(.turnStarted(AgentTurn(id: "A", origin: .agent, text: "finish")))
            let waiting = try await wait(life)
            await agent.tell(goal: Self.goal("paused"))
            let outcome = try await waiting.value
            #expect(outcome == .reached(status: "paused"))
        }
    }

    @Test("a goal that is cleared ends the wait")
    func cleared() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            await agent.tell(.turnStarted(AgentTurn(id: "A", origin: .agent, text: "finish")))
            let waiting = try await wait(life)
            await agent.tell(goal: nil)
            let outcome = try await waiting.value
            #expect(outcome == .cleared)
        }
    }

    @Test("a goal that is active, and that nothing works on, is told to be interrupted: at once, or when its turn was stopped")
    func interrupted() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"))
            #expect(try await outcome(life) == .interrupted)
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            await agent.tell(.turnStarted(AgentTurn(id: "A", origin: .agent, text: "finish")))
            let waiting = try await wait(life)
            await agent.tell(goal: Self.goal("active"))
            try await eventually("the wait to go on") { try await life.session.goalWaits > 0 }
            await agent.tell(.turnEnded(agentTurn: "A", .init(state: .interrupted, reason: nil)))
            #expect(try await waiting.value == .interrupted)
        }
    }

    @Test("what the agent asks ends the wait: it gets no further without an answer")
    func inputNeeded() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let waiting = try await wait(life)
            let request = PendingInput(id: "a", kind: .permission, tool: nil, input: nil, questions: [], answerable: true, since: 1)
            await agent.tell(.inputNeeded(request))
            #expect(try await waiting.value == .inputNeeded([request]))
            #expect(try await outcome(life) == .inputNeeded([request]))
        }
    }

    @Test("whoever leaves is waited for by nobody")
    func cancelled() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let waiting = try await wait(life)
            waiting.cancel()
            _ = try await waiting.value
            #expect(try await life.session.goalWaits == 0)
        }
    }

    @Test("a goal whose agent is gone is told so")
    func exited() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let waiting = try await wait(life)
            await agent.exit("the agent died")
            #expect(try await waiting.value == .exited(reason: "the agent died"))
            let error = await #expect(throws: SessionError.self) { try await outcome(life) }
            #expect(error?.code == .exited)
        }
    }

    @Test("a wait whose time is over leaves nothing behind")
    func timedOut() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let outcome = try await life.session.waitForGoal(timeout: .milliseconds(5))
            #expect(outcome == .timedOut)
            #expect(try await life.session.goalWaits == 0)
        }
    }

    @Test("what is told of the goal while it is looked up counts more than what is found", arguments: ["blocked", "complete", nil])
    func toldMeanwhile(_ status: String?) async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let news = status.map(Self.goal)
            await agent.showGoal { agent.assumeIsolated { $0.tell(goal: news) } }
            let outcome = try await outcome(life)
            #expect(outcome == status.map { .reached(status: $0) } ?? .cleared)
        }
    }

    @Test("twenty who wait are all told")
    func many() async throws {
        try await with { life, agent in
            await agent.tell(goal: Self.goal("active"), isPursued: true)
            let session = try await life.session
            let waits = (0..<20).map { _ in Task { try await session.waitForGoal(timeout: .seconds(30)) as Session.GoalOutcome } }
            try await eventually("the waits to begin") { await session.goalWaits == 20 }
            await agent.tell(goal: Self.goal("complete"))
            for wait in waits { #expect(try await wait.value == .reached(status: "complete")) }
        }
    }
}

extension Session {
    /// How many wait for the goal.
    fileprivate var goalWaits: Int { goalWaiters.count }
}
