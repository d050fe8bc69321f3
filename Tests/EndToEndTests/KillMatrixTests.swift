import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// Whatever is killed, whenever: what is true is reported, nothing is sent twice, and nothing hangs.
@Suite(.serialized, .timeLimit(.minutes(6)))
struct KillMatrixTests {
    /// What the session is doing when something is killed.
    enum Moment: CaseIterable, Sendable {
        case idle
        /// Nothing of the message is in the agent yet.
        case editing
        /// The agent has the message, and has not told.
        case entered
        case running
        case waiting
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let victim: Victim
        let moment: Moment
        var testDescription: String { "\(victim), \(moment)" }
    }

    static let all = Victim.allCases.flatMap { victim in Moment.allCases.map { Case(victim: victim, moment: $0) } }

    @Test("stand-in agent", arguments: all)
    func standIn(_ killed: Case) async throws {
        try await Workplace.with(.standIn) { try await Self.run(killed, in: $0) }
    }

    static let few: [Case] = [
        Case(victim: .supervisor, moment: .editing), Case(victim: .supervisor, moment: .entered),
        Case(victim: .supervisor, moment: .waiting), Case(victim: .agent, moment: .running),
        Case(victim: .agent, moment: .entered), Case(victim: .supervisorAndAgent, moment: .running),
        Case(victim: .tmuxServer, moment: .running), Case(victim: .tmuxClient, moment: .editing),
    ]

    @Test("real Claude Code", arguments: few)
    func claude(_ killed: Case) async throws {
        try await Workplace.with(.claude) { try await Self.run(killed, in: $0) }
    }

    private static func run(_ killed: Case, in place: Workplace) async throws {
        let id = try await place.create()
        try #require(try await place.must("ask", id, "SAY ready") == "ready")
        let go = place.home.path + "/go"
        var message = "SAY delivered"
        var gate: Gate?
        switch killed.moment {
        case .idle: break
        case .editing: gate = try Gate(.editor, in: place)
        case .entered: gate = try Gate(.promptHook, in: place)
        case .running: message = "TOOL until [ -e \(go) ] || [ ! -d \(place.home.path) ]; do sleep 0.05; done; echo done"
        case .waiting: message = "ASK"
        }
        let victims = try await killed.victim.processes(of: id, in: place)
        let text = message
        let sending = killed.moment == .idle ? nil : Task { try await place.run("send", id, text) }
        switch killed.moment {
        case .idle: break
        case .editing, .entered: try await gate?.isReached()
        case .running:
            _ = try await sending?.value
            try await place.turn(.running, of: id)
        case .waiting:
            _ = try await sending?.value
            try await place.state("waiting_for_input", of: id)
        }

        try await victims.kill()
        if killed.victim.endsAgent {
            try await expectEnd(of: id, killed, sending, gate, in: place)
        } else {
            try await expectContinuation(of: id, killed, sending, gate, go: go, in: place)
        }
        let count = try place.transcriptPrompts().count { $0 == message }
        switch killed.moment {
        case .idle: #expect(count == 0)
        case .editing: #expect(count == (killed.victim.endsAgent ? 0 : 1))
        // An agent that is killed has not always written what it had begun.
        case .entered, .running, .waiting: #expect(killed.victim.endsAgent ? count <= 1 : count == 1)
        }
    }

    private static func expectEnd(
        of id: String, _ killed: Case, _ sending: Task<Command.Result, any Error>?, _ gate: Gate?, in place: Workplace
    ) async throws {
        if let sending, gate != nil { #expect(try await sending.value.exit.status == 1) }
        let waited = try await place.run("wait", id, timeLimit: .seconds(60))
        if killed.moment == .idle {
            #expect(waited.outputText == "completed\n")
        } else {
            #expect(waited.exit.status == 1, "\(waited)")
            #expect(!waited.errorText.isEmpty)
        }
        try gate?.open()
        try await place.state("exited", of: id)
        let further = try await place.run("send", id, "SAY more")
        #expect(further.exit.status == 1)
        #expect(further.errorText.contains("is gone"), "\(further.errorText)")
        if killed.moment == .waiting {
            #expect(try await place.run("respond", id, "--answer", "Red").exit.status == 1)
        }
        try await place.must("list")
        // What was there stays readable, and another session can be made.
        #expect(try await place.must("logs", id).contains("ready"))
        let next = try await place.create()
        #expect(try await place.must("ask", next, "SAY next") == "next")
    }

    private static func expectContinuation(
        of id: String, _ killed: Case, _ sending: Task<Command.Result, any Error>?, _ gate: Gate?, go: String,
        in place: Workplace
    ) async throws {
        // The first command after it starts the next supervisor.
        try await place.must("status", id)
        try gate?.open()
        if let sending, gate != nil {
            let sent = try await sending.value
            #expect(sent.exit.status == (killed.victim.endsSupervisor ? 1 : 0), "\(sent.errorText)")
        }
        switch killed.moment {
        case .running: try System.replace(go, with: [])
        case .waiting:
            try await place.state("waiting_for_input", of: id)
            let asked = try await place.run("wait", id)
            #expect(asked.exit.status == 3)
            #expect(asked.outputText.contains("Red"))
            try await eventually("the question to be answerable again") {
                try await place.run("respond", id, "--answer", "Red").isSuccess
            }
        case .idle, .editing, .entered: break
        }
        let waited = try await place.run("wait", id, timeLimit: .seconds(60))
        #expect(waited.outputText == "completed\n", "\(waited.errorText)")
        #expect(try await place.must("ask", id, "SAY after") == "after")
    }

    @Test("a turn that was over before the agent died is completed, though no supervisor saw either")
    func completedUnseen() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create()
            let go = place.home.path + "/go"
            try await place.must("send", id, "TOOL until [ -e \(go) ] || [ ! -d \(place.home.path) ]; do sleep 0.05; done; echo done")
            try await place.turn(.running, of: id)
            let supervisor = try await Victim.supervisor.processes(of: id, in: place)
            let agent = try await Victim.agent.processes(of: id, in: place)
            try await supervisor.kill()
            try System.replace(go, with: [])
            try await eventually("the turn's end in the transcript") {
                try place.transcriptLines().contains { $0.contains("\"turn_duration\"") }
            }
            try await agent.kill()
            let waited = try await place.run("wait", id)
            #expect(waited.outputText == "completed\n", "\(waited.errorText)")
            #expect(try await place.must("status", id) == "exited")
            #expect(try await place.must("last-message", id).contains("done"))
        }
    }

    @Test("twenty waits go on over the death of the supervisor")
    func waits() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create()
            let go = place.home.path + "/go"
            try await place.must("send", id, "TOOL until [ -e \(go) ] || [ ! -d \(place.home.path) ]; do sleep 0.05; done; echo done")
            try await place.turn(.running, of: id)
            let waits = (0..<20).map { _ in Task { try await place.run("wait", id) } }
            let supervisor = try await Victim.supervisor.processes(of: id, in: place)
            try await supervisor.kill()
            #expect(try await place.must("status", id) == "working")
            try System.replace(go, with: [])
            for wait in waits { #expect(try await wait.value.outputText == "completed\n") }
        }
    }
}
