import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// Waiting for the real Claude Code, and its end.
@Suite struct ClaudeWaitTests {
    @Test("several sessions are waited for together, or until any is done")
    func several() async throws {
        try await Workplace.with(.claude) { place in
            let quick = try await place.create()
            let slow = try await place.create()
            try await place.must("send", slow, "SLOW 5 at last")
            try await place.must("send", quick, "SAY at once")
            #expect(try await place.must("wait", slow, quick, "--any") == "\(quick): completed")
            #expect(try await place.must("status", slow) == "working")
            #expect(try await place.must("wait", slow, quick) == "\(slow): completed\n\(quick): completed")
            try await place.must("send", quick, "ASK")
            let needsInput = try await place.expect(3, "wait", slow, quick)
            #expect(needsInput.outputText.hasPrefix("\(slow): completed\n\(quick): Which colour?"))
            #expect(try await place.expect(1, "wait", slow, "nobody").errorText == "Session not found: nobody\n")
        }
    }

    @Test("a wait ends with its time, and can be taken up again, as often as one likes")
    func timeOut() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            // Nobody has used it: this waits for the first turn.
            #expect(try await place.expect(124, "wait", id, "-t", "1").errorText == "Timed out waiting for \(id)\n")
            async let waiting = place.must("wait", id)
            try await place.must("send", id, "SLOW 4 at last")
            let start = ContinuousClock.now
            try await place.expect(124, "wait", id, "-t", "1")
            let elapsed = ContinuousClock.now - start
            #expect(elapsed >= .seconds(1))
            #expect(elapsed < .seconds(2))
            #expect(try await place.expect(124, "ask", id, "SAY behind", "-t", "1").errorText.contains("the agent keeps working"))
            #expect(try await waiting == "completed")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "behind")
        }
    }

    @Test("the death of an agent ends a wait within a second, with 1")
    func killedAgent() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.must("send", id, "SLOW 60 never to be heard")
            let pid = try await place.agentPID(id)
            async let waiting = (place.run("wait", id), ContinuousClock.now)
            // The message is on disk some moments after the model has it.
            try await eventually("the message in the transcript", deadline: .seconds(60)) {
                try await place.must("logs", id).contains("SLOW 60 never to be heard")
            }
            let death = ContinuousClock.now
            try System.kill(pid, Signal.kill)
            let (result, end) = try await waiting
            #expect(end - death < .seconds(1))
            #expect(result.exit.status == 1)
            #expect(result.errorText == "tmux session died during wait\n")
            #expect(try await place.must("status", id) == "exited")
            #expect(try await place.status(id)["turn"]?["state"] == "cut_off")
            #expect(try await place.expect(1, "send", id, "SAY anybody").errorText.contains("The agent of \(id) is gone"))
            #expect(try await place.must("list") == "No active sessions")
            #expect(try await place.must("list", "--all").contains(id))
            #expect(try await place.must("logs", id).contains("SLOW 60 never to be heard"))
            #expect(try await place.must("kill", id) == "Killed session \(id)")
        }
    }

    @Test("logs --follow prints what is said, once, until the session is killed")
    func follow() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.must("ask", id, "SAY one")
            async let followed = place.run("logs", id, "--follow")
            try await place.must("ask", id, "TOOL echo two")
            try await place.must("ask", id, "SAY three")
            let log = try await place.must("logs", id) + "\n"
            try await place.must("kill", id)
            let result = try await followed
            #expect(result.isSuccess)
            #expect(result.outputText.contains("[ASSISTANT]\none\n"))
            #expect(result.outputText.hasSuffix("[HUMAN]\nSAY three\n\n[ASSISTANT]\nthree\n"))
            #expect(log.hasSuffix("[HUMAN]\nSAY three\n\n[ASSISTANT]\nthree\n"))
            #expect(result.outputText.components(separatedBy: "SAY one").count == 2)
        }
    }

    @Test("kill --older-than spares what was used, kill --all spares nobody")
    func killSeveral() async throws {
        try await Workplace.with(.claude) { place in
            let first = try await place.create()
            let second = try await place.create()
            let pids = [try await place.agentPID(first), try await place.agentPID(second)]
            #expect(try await place.must("kill", "--older-than", "1m") == "No matching sessions to kill")
            #expect(try await place.must("kill", "--all") == "Killed session \(first)\nKilled session \(second)\nKilled 2 sessions")
            #expect(pids.allSatisfy { ProcessIdentity.of($0) == nil })
            #expect(try await place.must("list", "--all") == "No active sessions")
        }
    }
}
