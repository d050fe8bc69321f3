import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// The real Codex, whatever is killed and whenever: what is true is reported at once, nothing is sent twice, nothing
/// is lost, and nothing hangs.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct CodexKillMatrixTests {
    @Test("a session at rest goes on as if nothing had been", arguments: CodexVictim.allCases)
    func atRest(_ victim: CodexVictim) async throws {
        try await Self.with(victim) { scene in
            try await scene.end()
            #expect(try await scene.place.must("wait", scene.id) == "completed")
            #expect(try await scene.place.must("status", scene.id) == "idle")
            #expect(try await scene.place.must("last-message", scene.id) == "ready")
            try await scene.goesOn(after: [])
        }
    }

    /// How far a message has come.
    enum Progress: CaseIterable, Sendable {
        /// The command that sends it has just been started.
        case sent
        /// Codex has written it into its rollout.
        case written
        /// The model has been asked.
        case asked
    }

    @Test("a message that is under way arrives once, or is reported as not delivered", arguments: CodexVictim.allCases, Progress.allCases)
    func delivering(_ victim: CodexVictim, _ progress: Progress) async throws {
        try await Self.with(victim) { scene in
            let place = scene.place
            let before = try await place.status(scene.id)["turn"]?["id"]
            let message = "SLOW 1 the message has come"
            let sending = Task { try await place.run("send", scene.id, message) }
            switch progress {
            case .sent: break
            case .written: try await scene.isWritten(message)
            case .asked: try await place.asked(message)
            }
            try await scene.end()
            let sent = try await sending.value
            let waited = try await place.run("wait", scene.id)
            let turn = try #require(try await place.status(scene.id)["turn"])
            let isKnown = turn["id"] != before
            // Without a turn, the command itself has said that nothing was sent.
            #expect(isKnown || !sent.isSuccess && !sent.errorText.isEmpty)
            let state = isKnown ? turn["state"]?.string : nil
            switch state {
            case "completed": #expect(waited.outputText == "completed\n")
            case "cut_off", "undelivered":
                #expect(waited.exit.status == 1)
                #expect(turn["reason"]?.string?.isEmpty == false)
                #expect(victim.endsAppServer)
            default: #expect(state == nil)
            }
            if progress != .sent { #expect(state == (victim.endsTurn ? "cut_off" : "completed")) }
            // What was cut off stays in the conversation, and the model sees it with the next message.
            try await scene.goesOn(after: state == nil || state == "undelivered" ? [] : [message])
        }
    }

    @Test("the end of the app-server cuts off an answer that streams, nothing else does", arguments: CodexVictim.allCases)
    func streaming(_ victim: CodexVictim) async throws {
        try await Self.with(victim) { scene in
            let message = "SLOW 3 one two three four five six"
            try await scene.place.must("send", scene.id, message)
            try await scene.place.asked(message)
            let waiting = scene.wait()
            let end = try await scene.end()
            if victim.endsTurn {
                try await scene.expectCutOff(waiting, since: end)
            } else {
                #expect(try await waiting.value.outputText == "completed\n")
                #expect(try await scene.place.must("last-message", scene.id) == "one two three four five six")
            }
            try await scene.goesOn(after: [message])
        }
    }

    @Test("the end of the app-server cuts off a turn that runs a command, which is not run again", arguments: CodexVictim.allCases)
    func tool(_ victim: CodexVictim) async throws {
        try await Self.with(victim) { scene in
            let gate = try CommandGate("the-command", in: scene.place)
            try await scene.place.must("send", scene.id, gate.message)
            try await gate.isReached()
            let waiting = scene.wait()
            let end = try await scene.end()
            if victim.endsTurn {
                // What the command has started may run on, and does not know that nobody wants it any more.
                try await scene.expectCutOff(waiting, since: end)
                try await gate.open()
            } else {
                try await gate.open()
                #expect(try await waiting.value.outputText == "completed\n")
                #expect(try await scene.place.must("last-message", scene.id) == "tool done: the-command is done")
            }
            try await scene.goesOn(after: [gate.message])
            #expect(gate.runs == 1)
        }
    }

    @Test("what waits for an approval waits on over the end of a supervisor, and is cut off by the app-server's", arguments: CodexVictim.allCases)
    func approval(_ victim: CodexVictim) async throws {
        try await Self.with(victim, approvalPolicy: "untrusted") { scene in
            let place = scene.place
            let file = place.home.path + "/allowed"
            let message = "TOOL touch \(file) && echo touched"
            try await place.must("send", scene.id, message)
            try await place.state("waiting_for_input", of: scene.id)
            let end = try await scene.end()
            if victim.endsTurn {
                try await eventually("the turn to be cut off") { try await place.run("wait", scene.id).exit.status == 1 }
                try await scene.expectCutOff(scene.wait(), since: end)
                #expect(try await place.run("respond", scene.id, "--allow").exit.status == 1)
                #expect(!System.exists(file))
            } else {
                let asked = try await place.run("wait", scene.id)
                #expect(asked.exit.status == 3)
                #expect(asked.outputText.contains(file), "\(asked)")
                try await eventually("the request to be answerable") { try await place.run("respond", scene.id, "--allow").isSuccess }
                #expect(try await place.must("wait", scene.id) == "completed")
                #expect(try await place.must("last-message", scene.id) == "tool done: touched")
                #expect(System.exists(file))
            }
            #expect(try await place.pending(scene.id).isEmpty)
            try await scene.goesOn(after: [message])
        }
    }

    @Test("a goal goes on over the end of a supervisor, and is paused by the app-server's", arguments: CodexVictim.allCases)
    func goal(_ victim: CodexVictim) async throws {
        try await Self.with(victim) { scene in
            let place = scene.place
            let gate = try CommandGate("the-step", in: place)
            try await place.must("goal", scene.id, "GOALSTEP 3 \(gate.message)")
            try await gate.isReached()
            let waiting = Task { try await place.run("wait", scene.id, "--goal") }
            let end = try await scene.end()
            if victim.endsTurn {
                let waited = try await waiting.value
                #expect(waited.outputText == "paused\n", "\(waited.errorText)")
                try await scene.expectCutOff(scene.wait(), since: end)
                #expect(try await place.must("goal", scene.id).contains("status: paused"))
                #expect(try await place.must("status", scene.id) == "idle")
            }
            try await gate.open()
            if victim == .appServerThatDrains {
                // It begins no further turn.
                let waited = try await waiting.value
                #expect(waited.outputText == "paused\n", "\(waited.errorText)")
                #expect(try await place.must("wait", scene.id) == "completed")
            }
            if victim.endsAppServer {
                let turns = try await scene.goalTurns()
                try await scene.goesOn(after: [])
                #expect(try await scene.goalTurns() == turns)
                #expect(try await place.must("goal", scene.id, "--resume").contains("status: active"))
                #expect(try await place.must("wait", scene.id, "--goal") == "complete")
            } else {
                #expect(try await waiting.value.outputText == "complete\n")
            }
            #expect(try await place.must("last-message", scene.id) == "goal finished")
            #expect(try await place.must("status", scene.id) == "idle")
        }
    }

    @Test("messages that wait for their turn are delivered afterwards, in order, each once", arguments: CodexVictim.allCases)
    func queued(_ victim: CodexVictim) async throws {
        try await Self.with(victim) { scene in
            let place = scene.place
            let gate = try CommandGate("the-first", in: place)
            try await place.must("send", scene.id, gate.message)
            try await gate.isReached()
            let messages = (1...4).map { "SAY number \($0)" }
            for message in messages { try await place.must("send", scene.id, message) }
            try await place.queued(messages.count, in: scene.id)
            let waiting = scene.wait()
            try await scene.end()
            try await gate.open()
            #expect(try await waiting.value.outputText == "completed\n")
            #expect(try await place.must("last-message", scene.id) == "number 4")
            try await scene.goesOn(after: [gate.message] + messages)
        }
    }
}
