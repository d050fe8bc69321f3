import TestSupport
import Testing
@testable import Sessions

@Suite("Exactly once, over the death of the supervisor", .timeLimit(.minutes(2)))
struct DeliveryCrashTests {
    private func with(_ body: (String, ScriptedProgram) async throws -> Void) async throws {
        try await Storage.with { try await body($0.directory, ScriptedProgram()) }
    }

    @Test("a delivery that is cut off at any step is completed once by the next supervisor", arguments: ScriptedProgram.Step.allCases)
    func cutOff(step: ScriptedProgram.Step) async throws {
        try await with { folder, program in
            let first = try await SupervisorLife.first(folder, program)
            program.hold(at: step)
            let sending = Task { try? await first.send("continue") }
            try await first.agent.arrive(at: step)
            program.hold(at: nil)
            let second = try await first.die(thenIn: folder, program)
            _ = await sending.value
            try await second.received(1, by: program)
            let waiting = Task { try await second.wait() }
            try await eventually("the turn to run") {
                try await second.session.turn(1)?.state == .running
            }
            try await second.agent.endTurn()
            #expect(try await waiting.value.turn?.state == .completed)
            #expect(program.received == ["continue"])
            await second.end()
        }
    }

    @Test("a turn that ended while no supervisor ran is completed", arguments: [ScriptedProgram.Step.entered, .told])
    func endedInBetween(step: ScriptedProgram.Step) async throws {
        try await with { folder, program in
            let first = try await SupervisorLife.first(folder, program)
            program.hold(at: step)
            let sending = Task { try? await first.send("continue") }
            try await first.agent.arrive(at: step)
            program.hold(at: nil)
            program.endTurn()
            let second = try await first.die(thenIn: folder, program)
            _ = await sending.value
            #expect(try await second.wait(for: 1).turn?.state == .completed)
            #expect(program.received == ["continue"])
            await second.end()
        }
    }

    @Test("two equal messages are two turns, wherever the first delivery is cut off", arguments: ScriptedProgram.Step.allCases)
    func twoEqual(step: ScriptedProgram.Step) async throws {
        try await with { folder, program in
            let first = try await SupervisorLife.first(folder, program)
            program.hold(at: step)
            let sending = Task { try? await first.send("continue") }
            try await first.agent.arrive(at: step)
            #expect(try await first.send("continue").state == .queued)
            program.hold(at: nil)
            let second = try await first.die(thenIn: folder, program)
            _ = await sending.value
            for number in 1...2 {
                try await second.received(number, by: program)
                try await eventually("turn \(number) to run") {
                    try await second.session.turn(Int64(number))?.state == .running
                }
                #expect(program.received.count == number)
                try await second.agent.endTurn()
                #expect(try await second.wait(for: Int64(number)).turn?.state == .completed)
            }
            #expect(program.received == ["continue", "continue"])
            await second.end()
        }
    }

    @Test("what stays in doubt is reported, not sent again")
    func inDoubt() async throws {
        try await with { folder, program in
            let first = try await SupervisorLife.first(folder, program)
            program.hold(at: .entered)
            let sending = Task { try? await first.send("pay the bill") }
            try await first.agent.arrive(at: .entered)
            program.hold(at: nil)
            program.beInDoubt("nothing tells")
            let second = try await first.die(thenIn: folder, program)
            _ = await sending.value
            let turn = try await second.wait(for: 1).turn
            #expect(turn?.state == .undelivered)
            #expect(turn?.reason == "in doubt: nothing tells")
            #expect(program.received == ["pay the bill"])
            await second.end()
        }
    }

    @Test("agent and supervisor both die at any step: the turn is over, and nothing was sent twice", arguments: ScriptedProgram.Step.allCases)
    func bothDie(step: ScriptedProgram.Step) async throws {
        try await with { folder, program in
            let first = try await SupervisorLife.first(folder, program)
            program.hold(at: step)
            let sending = Task { try? await first.send("continue") }
            try await first.agent.arrive(at: step)
            program.die()
            program.hold(at: nil)
            let second = try await first.die(thenIn: folder, program)
            _ = await sending.value
            let outcome = try await second.wait(for: 1)
            #expect(outcome.turn?.state == (program.received.isEmpty ? .undelivered : .cutOff))
            #expect(outcome.ended == "the agent died")
            #expect(program.received.count <= 1)
            await second.end()
        }
    }

    @Test("a queue survives, in its order")
    func queue() async throws {
        try await with { folder, program in
            let first = try await SupervisorLife.first(folder, program)
            for number in 1...5 { try await first.send("message \(number)") }
            let second = try await first.die(thenIn: folder, program)
            for number in 1...5 {
                try await eventually("message \(number) to run") {
                    try await second.session.turn(Int64(number))?.state == .running
                }
                try await second.agent.endTurn()
            }
            #expect(try await second.wait(for: 5).turn?.state == .completed)
            #expect(program.received == (1...5).map { "message \($0)" })
            await second.end()
        }
    }

    @Test("an agent that cannot be found at first is found later, and what waited goes on")
    func foundLater() async throws {
        try await with { folder, program in
            let first = try await SupervisorLife.first(folder, program)
            try await first.send("one")
            try await first.send("two")
            program.endTurn()
            let second = try await first.die(thenIn: folder, program, failures: 2)
            #expect(try await second.wait(for: 1).turn?.state == .completed)
            try await second.received(2, by: program)
            #expect(program.received == ["one", "two"])
            await second.end()
        }
    }

    @Test("whichever commit is the last, what was sent arrives once, and what was refused at most once", arguments: 1...14)
    func lastCommit(number: Int) async throws {
        try await with { folder, program in
            let disk = SupervisorLife.Disk(failing: Set(number + 1...number + 1000))
            guard let first = try? await SupervisorLife.first(folder, program, disk: disk) else { return }
            var accepted: [String] = []
            for text in ["continue", "continue", "stop"] where (try? await first.send(text)) != nil { accepted.append(text) }
            let second = try await first.die(thenIn: folder, program)
            guard let session = try? await second.session else { return await second.end() }
            try await eventually("all turns to end") {
                if await session.runningTurn != nil { try await second.agent.endTurn() }
                return await session.openTurns.isEmpty
            }
            // What was refused because the disk failed between queueing and typing is still in the queue on disk.
            #expect(program.received.count >= accepted.count)
            #expect(program.received == Array(["continue", "continue", "stop"].prefix(program.received.count)))
            await second.end()
        }
    }
}
