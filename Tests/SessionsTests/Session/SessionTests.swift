import JSON
import Synchronization
import TestSupport
import Testing
@testable import Sessions

@Suite("A session's turns", .timeLimit(.minutes(2)))
struct SessionTests {
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

    private func question(_ id: String) -> PendingInput {
        PendingInput(id: id, kind: .permission, tool: "Bash", input: nil, questions: [], answerable: true, since: 1)
    }

    // MARK: A disk that fails

    @Test("when a message cannot be written, or that it is about to be typed, sending fails and nothing is typed", arguments: 0...1)
    func diskFails(after commits: Int) async throws {
        let disk = SupervisorLife.Disk()
        try await with(disk: disk) { life, program in
            disk.failNext(after: commits)
            await #expect(throws: SessionError.self) { try await life.send("lost") }
            #expect(program.received.isEmpty)
            try await life.send("found")
            #expect(program.received == ["found"])
        }
    }

    @Test("a message whose sending failed is not sent by a later supervisor")
    func failedStaysFailed() async throws {
        try await Storage.with { storage in
            let program = ScriptedProgram()
            let disk = SupervisorLife.Disk()
            let first = try await SupervisorLife.first(storage.directory, program, disk: disk)
            disk.failNext(after: 1, count: 2)
            await #expect(throws: SessionError.self) { try await first.send("lost") }
            try await eventually("the failure to be written") {
                try await first.journal.turn(1)?.state == .undelivered
            }
            let second = try await first.die(thenIn: storage.directory, program)
            try await second.send("found")
            #expect(program.received == ["found"])
            await second.end()
        }
    }

    // MARK: Order

    @Test("messages that are sent at once arrive one after the other, each once")
    func parallel() async throws {
        try await with { life, program in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 { group.addTask { try await life.send("message \(number)") } }
                try await group.waitForAll()
            }
            let session = try await life.session
            try await eventually("all turns to end") {
                if await session.runningTurn != nil { try await life.agent.endTurn() }
                return await session.openTurns.isEmpty
            }
            #expect(program.received.sorted() == (0..<20).map { "message \($0)" }.sorted())
            #expect(try await life.journal.turns(of: SupervisorLife.id).map(\.text) == program.received)
        }
    }

    @Test("a person's turn in between goes before what waits")
    func person() async throws {
        try await with { life, program in
            try await life.send("one")
            let agent = try await life.agent
            await agent.tell(.turnStarted(AgentTurn(id: "person", origin: .terminal, text: "by hand")))
            try await life.send("two")
            await agent.endTurn()
            #expect(program.received == ["one"])
            await agent.tell(.turnEnded(agentTurn: "person", .init(state: .completed, reason: nil)))
            try await life.received(2, by: program)
            #expect(program.received == ["one", "two"])
        }
    }

    @Test("a message that the agent does not take now is typed when the agent is idle")
    func heldBack() async throws {
        try await with { life, program in
            let agent = try await life.agent
            await agent.refuseNext(.busy("a dialog is open"))
            let sending = Task { try await life.send("hello") }
            try await eventually("the message to be held back") { try await life.session.isHeldBack }
            #expect(program.received.isEmpty)
            await agent.tell(.idle)
            #expect(try await sending.value.state == .running)
            #expect(program.received == ["hello"])
        }
    }

    @Test("an agent that became idle just before it was found busy is not waited for")
    func idleTooEarly() async throws {
        try await with { life, program in
            let agent = try await life.agent
            program.hold(at: .beforeTyping)
            let sending = Task { try await life.send("hello") }
            await agent.arrive(at: .beforeTyping)
            await agent.refuseNext(.busy("it works on something else"))
            await agent.tell(.idle)
            await agent.goOn()
            #expect(try await sending.value.state == .running)
            #expect(program.received == ["hello"])
        }
    }

    // MARK: An agent that ends

    @Test("an agent that dies before anything was submitted leaves no doubt", arguments: [ScriptedProgram.Step.beforeTyping, .typed])
    func diesBeforeSubmission(step: ScriptedProgram.Step) async throws {
        let error = try await sendWhileAgentDies(at: step)
        #expect(error?.message == "The message was not delivered to ahri: the agent died")
    }

    @Test("an agent that dies after Enter leaves the message in doubt")
    func diesAfterSubmission() async throws {
        let error = try await sendWhileAgentDies(at: .entered)
        #expect(error?.message == "The message was not delivered to ahri: in doubt: the agent died")
    }

    private func sendWhileAgentDies(at step: ScriptedProgram.Step) async throws -> SessionError? {
        let failure = Mutex<SessionError?>(nil)
        try await with { life, program in
            program.hold(at: step)
            let sending = Task { try await life.send("hello") }
            let agent = try await life.agent
            await agent.arrive(at: step)
            let waiting = Task { try await life.wait(for: 1) }
            await agent.exit("the agent died")
            await agent.goOn()
            await #expect(throws: SessionError.self) {
                do { _ = try await sending.value } catch {
                    failure.withLock { $0 = error as? SessionError }
                    throw error
                }
            }
            #expect(try await waiting.value.turn?.state == .undelivered)
            await #expect(throws: SessionError.self) { try await life.send("more") }
            #expect(try await life.session.status().state == .exited)
        }
        return failure.withLock { $0 }
    }

    @Test("an agent that dies while a message is being written fails the sender")
    func diesWhileWriting() async throws {
        try await with { life, program in
            let agent = try await life.agent
            let sending = Task { try await life.send("hello") }
            await agent.exit("the agent died")
            await #expect(throws: SessionError.self) { _ = try await sending.value }
            #expect(try await life.session.openTurns.isEmpty)
            if try await life.session.newestTurn != nil {
                #expect(try await life.wait().turn?.state == .undelivered)
            }
            #expect(program.received.isEmpty)
        }
    }

    @Test("a kill ends delivery, queue, turn and waits")
    func kill() async throws {
        try await with { life, program in
            program.hold(at: .entered)
            let sending = Task { try await life.send("one") }
            let agent = try await life.agent
            await agent.arrive(at: .entered)
            let second = try await life.send("two")
            let waits = [1, second.id].map { turn in Task { try await life.wait(for: turn) } }
            try await eventually("the waits to begin") { await life.directory.waits.count == 2 }
            try await life.directory.kill(SupervisorLife.id, purge: false)
            await #expect(throws: SessionError.self) { _ = try await sending.value }
            for wait in waits { #expect(try await wait.value.turn?.state == .undelivered) }
            await #expect(throws: SessionError.self) { _ = try await life.session }
        }
    }

    // MARK: Waiting

    @Test("a wait before the first turn ends with it")
    func waitForFirst() async throws {
        try await with { life, _ in
            let waiting = Task { try await life.wait() }
            try await eventually("the wait to begin") { await life.directory.waits.count == 1 }
            try await life.send("hello")
            try await life.agent.endTurn()
            #expect(try await waiting.value.turn?.state == .completed)
        }
    }

    @Test(
        "a wait tells how the turn ended, however many wait",
        arguments: [TurnState.completed, .failed, .interrupted, .cancelled, .cutOff])
    func ends(state: TurnState) async throws {
        try await with { life, _ in
            try await life.send("hello")
            let waits = (0..<20).map { _ in Task { try await life.wait() } }
            try await eventually("the waits to begin") { await life.directory.waits.count == 20 }
            try await life.agent.endTurn(.init(state: state, reason: "why"))
            for wait in waits {
                let turn = try await wait.value.turn
                #expect(turn?.state == state)
                #expect(turn?.reason == "why")
            }
            #expect(await life.directory.waits.isEmpty)
            #expect(try await life.wait().turn?.state == state)
        }
    }

    @Test("a wait ends with a question, and goes on once it is answered")
    func question() async throws {
        try await with { life, program in
            try await life.send("hello")
            let agent = try await life.agent
            let waiting = Task { try await life.wait() }
            try await eventually("the wait to begin") { await life.directory.waits.count == 1 }
            await agent.tell(.inputNeeded(question("a")))
            let outcome = try await waiting.value
            #expect(outcome.turn?.state == .waitingForInput)
            #expect(outcome.pending.map(\.id) == ["a"])
            await #expect(throws: SessionError.self) { try await life.send("not now") }
            try await life.send("later", queue: true)
            await agent.tell(.inputSettled(request: "a"))
            await agent.endTurn()
            #expect(try await life.wait(for: 1).turn?.state == .completed)
            try await life.received(2, by: program)
            #expect(program.received == ["hello", "later"])
        }
    }

    @Test("a wait whose caller leaves, or whose time is over, leaves nothing behind")
    func waitEnds() async throws {
        try await with { life, _ in
            try await life.send("hello")
            let left = Task {
                try await life.directory.wait(
                    for: [SupervisorLife.id], any: false, turn: nil, timeout: .seconds(30), caller: nil)
            }
            try await eventually("the wait to begin") { await life.directory.waits.count == 1 }
            left.cancel()
            #expect(try await left.value.timedOut == [SupervisorLife.id])
            let late = try await life.directory.wait(
                for: [SupervisorLife.id], any: false, turn: nil, timeout: .milliseconds(5), caller: nil)
            #expect(late.timedOut == [SupervisorLife.id])
            #expect(await life.directory.waits.isEmpty)
            #expect(try await life.session.waiters.isEmpty)
        }
    }

    @Test("a wait for oneself is refused")
    func waitForOneself() async throws {
        try await with { life, _ in
            await #expect(throws: SessionError.self) {
                _ = try await life.directory.wait(
                    for: [SupervisorLife.id], any: false, turn: nil, timeout: .seconds(30), caller: SupervisorLife.id)
            }
        }
    }

    // MARK: Following

    @Test("who follows hears every message once, and the end")
    func follow() async throws {
        try await with { life, _ in
            let heard = Mutex<[String?]>([])
            let session = try await life.session
            _ = try await session.followMessages { message in
                heard.withLock { $0.append(message?.text) }
                return true
            }
            let agent = try await life.agent
            await agent.tell(.said(LogMessage(role: .human, text: "one")))
            await agent.tell(.said(LogMessage(role: .assistant, text: "two")))
            await agent.exit("the agent died")
            #expect(heard.withLock { $0 } == ["one", "two", nil])
        }
    }

    @Test("nothing of a session that ended is left on the loop")
    func handles() async throws {
        try await with { life, program in
            let before = life.loop.handleCounts.total
            for number in 1...3 {
                try await life.send("message \(number)")
                let waiting = Task { try await life.wait() }
                try await life.agent.endTurn()
                _ = try await waiting.value
            }
            try await eventually("the handles to be closed") { life.loop.handleCounts.total == before }
        }
    }
}
