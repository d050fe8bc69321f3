import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// What the real Codex asks before it acts, and the answers to it.
@Suite struct CodexApprovalTests {
    @Test("an allowed command runs; a denied one does not, and the model is told why")
    func allowedAndDenied() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            let asked = try await place.expect(3, "ask", id, "TOOL touch \(file)")
            #expect(asked.outputText == "The agent asks for permission to use exec_command: /bin/bash -lc 'touch \(file)'\n")
            #expect(try await place.must("status", id) == "waiting_for_input")
            #expect(try await place.expect(3, "wait", id).outputText == asked.outputText)
            #expect(try await place.must("last-message", id) + "\n" == asked.outputText)
            let request = try #require(try await place.pending(id).first)
            #expect(request["kind"] == "permission")
            #expect(request["tool"] == "exec_command")
            #expect(request["allowsAlways"] == true)
            #expect(try await place.expect(1, "send", id, "SAY now").errorText.contains("waits for input, so the message was not sent"))
            #expect(try await place.expect(1, "respond", id, "--answer", "yes").errorText.contains("answer with --allow or --deny"))
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(try await place.must("respond", id, "--allow") == "Responded to \(id)")
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(try await place.expect(1, "respond", id, "--allow").errorText == "\(id) does not wait for input.\n")

            try await place.expect(3, "ask", id, "TOOL rm \(file)")
            try await place.must("respond", id, "--deny", "--message", "SAY it is needed")
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(try await place.must("last-message", id) == "it is needed")
            try await place.expect(3, "ask", id, "TOOL rm \(file)")
            try await place.must("respond", id, "--deny")
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(try await place.must("last-message", id).contains("rejected by user"))
        }
    }

    @Test("what is allowed always is not asked for again, and something else is")
    func allowAlways() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.expect(3, "ask", id, "TOOL touch \(file)")
            try await place.must("respond", id, "--allow-always")
            #expect(try await place.must("wait", id) == "completed")
            try FileManager.default.removeItem(atPath: file)
            try await place.must("ask", id, "TOOL touch \(file)")
            #expect(FileManager.default.fileExists(atPath: file))
            try await place.expect(3, "ask", id, "TOOL touch \(file)-2")
            try await place.must("respond", id, "--deny")
            #expect(try await place.must("wait", id) == "completed")
        }
    }

    @Test("on request, what is to leave the sandbox is asked for with its reason; what stays in it is not")
    func onRequest() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "on-request", "--sandbox", "read-only")
            try await place.must("ask", id, "TOOL echo inside")
            let asked = try await place.expect(3, "ask", id, "ESC echo outside")
            #expect(asked.outputText.hasPrefix("The agent asks for permission to use exec_command: /bin/bash -lc 'echo outside'"))
            #expect(try await place.pending(id).first?["input"]?["reason"] == "May this run outside of the sandbox?")
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "tool done: outside")
        }
    }

    @Test("what an agent that the session's agent has started asks is the session's to answer")
    func helper() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.must("send", id, "AGENT TOOL touch \(file)")
            try await place.state("waiting_for_input", of: id)
            #expect(try await place.pending(id).first?["input"]?["command"]?.string?.contains("touch \(file)") == true)
            #expect(!FileManager.default.fileExists(atPath: file))
            // The next supervisor shows it as well.
            try await place.must("supervisor", "restart")
            try await place.state("waiting_for_input", of: id)
            try await place.must("respond", id, "--allow")
            try await eventually("the helper's work") { FileManager.default.fileExists(atPath: file) }
            try await place.state("idle", of: id)
        }
    }

    @Test("what is asked while a goal is worked on ends the wait for it, with the question")
    func goal() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.must("goal", id, "GOALSTEP 2 TOOL touch \(file)")
            let asked = try await place.expect(3, "wait", id, "--goal")
            #expect(asked.outputText.hasPrefix("The agent asks for permission to use exec_command"))
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id, "--goal") == "complete")
            #expect(FileManager.default.fileExists(atPath: file))
        }
    }

    @Test("by default nothing is asked")
    func never() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let file = "\(place.home.path)/work/made"
            try await place.must("ask", id, "TOOL touch \(file)")
            #expect(FileManager.default.fileExists(atPath: file))
            try await place.must("ask", id, "WRITE \(file)-2 text")
            #expect(FileManager.default.fileExists(atPath: file + "-2"))
        }
    }

    @Test("a change of files is asked for by its files' names, and made when it is allowed")
    func fileChange() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/written"
            let asked = try await place.expect(3, "ask", id, "WRITE \(file) the text")
            #expect(asked.outputText == "The agent asks for permission to use apply_patch: \(file)\n")
            #expect(!FileManager.default.fileExists(atPath: file))
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try place.home.read("work/written") == "the text\n")
            try await place.expect(3, "ask", id, "WRITE \(file)-2 the text")
            try await place.must("respond", id, "--deny")
            #expect(try await place.must("wait", id) == "completed")
            #expect(!FileManager.default.fileExists(atPath: file + "-2"))
        }
    }

    @Test("several commands of one message are each answered by name")
    func several() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.must("send", id, "MULTI\ntouch \(file)-1\ntouch \(file)-2")
            var answered: Set<String> = []
            for _ in 1...2 {
                let request = try await eventually("a request") {
                    try await place.pending(id).first { !answered.contains($0["id"]?.string ?? "") }
                }
                let name = try #require(request["id"]?.string)
                answered.insert(name)
                let isFirst = try #require(request["input"]?["command"]?.string).contains("/made-1")
                try await place.must("respond", id, isFirst ? "--allow" : "--deny", "--request", name)
                let again = try await place.expect(1, "respond", id, "--allow", "--request", name)
                #expect(again.errorText.contains("does not wait for"))
            }
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file + "-1"))
            #expect(!FileManager.default.fileExists(atPath: file + "-2"))
        }
    }

    @Test("of several callers that respond at once one wins, and the others are told")
    func race() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            for number in 1...3 {
                try await place.expect(3, "ask", id, "TOOL echo \(number)")
                let results = try await withThrowingTaskGroup(of: Command.Result.self) { group in
                    for _ in 1...4 { group.addTask { try await place.run("respond", id, "--allow") } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(results.count(where: \.isSuccess) == 1)
                for result in results where !result.isSuccess {
                    #expect(result.exit.status == 1)
                    #expect(result.errorText == "\(id) does not wait for input.\n")
                }
                #expect(try await place.must("wait", id) == "completed")
                #expect(try await place.must("last-message", id) == "tool done: \(number)")
            }
        }
    }

    @Test("interrupt ends a turn that asks, and nothing is pending any more")
    func interrupted() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.expect(3, "ask", id, "TOOL touch \(file)")
            #expect(try await place.must("interrupt", id) == "Interrupted \(id)")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.pending(id) == [])
            #expect(try await place.expect(1, "wait", id).errorText == "Codex turn interrupted\n")
            #expect(!FileManager.default.fileExists(atPath: file))
            #expect(try await place.must("ask", id, "SAY after") == "after")
        }
    }

    @Test("a request outlives the supervisor, however that ended, and is answered with the next one", arguments: [false, true])
    func supervisorRestart(isKilled: Bool) async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            let asked = try await place.expect(3, "ask", id, "TOOL touch \(file)")
            let before = try await place.pending(id)
            if isKilled {
                let supervisor = try #require(ProcessIdentity.of(try await place.supervisorPID()))
                try await [supervisor].kill()
            } else {
                try await place.must("supervisor", "restart")
            }
            #expect(try await place.must("status", id) == "waiting_for_input")
            #expect(try await place.expect(3, "wait", id).outputText == asked.outputText)
            let after = try await place.pending(id)
            #expect(after.map { $0["id"] } == before.map { $0["id"] })
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id) == "completed")
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(try await place.received(id) == ["TOOL touch \(file)"])
        }
    }

    @Test("a file change that outlived the supervisor is still asked for by its files' names")
    func fileChangeAfterRestart() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/written"
            let asked = try await place.expect(3, "ask", id, "WRITE \(file) the text")
            try await place.must("supervisor", "restart")
            #expect(try await place.expect(3, "wait", id).outputText == asked.outputText)
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try place.home.read("work/written") == "the text\n")
        }
    }

    @Test("the server's death takes its requests with it: the turn is cut off, and nothing is pending")
    func serverKilled() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.expect(3, "ask", id, "TOOL touch \(file)")
            try await [try place.appServer()].kill()
            try await place.state("idle", of: id)
            #expect(try await place.pending(id) == [])
            #expect(try await place.expect(1, "wait", id).errorText
                == "Codex turn cut off: the Codex app-server ended during the turn\n")
            #expect(!FileManager.default.fileExists(atPath: file))
            // The thread has its approval policy again.
            try await place.expect(3, "ask", id, "TOOL touch \(file)")
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id) == "completed")
        }
    }

    @Test("another program on the same server answers, and our side is told")
    func otherClient() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.expect(3, "ask", id, "TOOL touch \(file)")
            let other = try await OtherClient(of: id, in: place)
            let request = try await other.request()
            #expect(request.method == "item/commandExecution/requestApproval")
            async let waiting = place.run("wait", id)
            await other.answer(request, ["decision": "accept"])
            try await place.turn(.completed, of: id)
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(try await place.pending(id) == [])
            #expect(try await place.expect(1, "respond", id, "--allow").errorText == "\(id) does not wait for input.\n")
            // It may have come before the other's answer.
            #expect(try await [0, 3].contains(waiting.exit.status))

            // And the other way round: the other one is told.
            try await place.expect(3, "ask", id, "TOOL rm \(file)")
            let second = try await other.request()
            try await place.must("respond", id, "--allow")
            try await other.resolved(second)
            #expect(try await place.must("wait", id) == "completed")
            #expect(!FileManager.default.fileExists(atPath: file))
            try await other.close()
        }
    }

    @Test("a person answers in Codex's own terminal")
    func person() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--approval-policy", "untrusted")
            let file = "\(place.home.path)/work/made"
            try await place.attach(to: id)
            try await place.expect(3, "ask", id, "TOOL touch \(file)")
            try await place.shows("Would you like to run the following command?", on: id)
            try await place.decide(with: "y", in: id)
            #expect(FileManager.default.fileExists(atPath: file))
            #expect(try await place.pending(id) == [])
            // Answered from here, the person's dialog goes.
            try await place.expect(3, "ask", id, "TOOL rm \(file)")
            try await place.shows("$ rm", on: id)
            try await place.must("respond", id, "--allow")
            #expect(try await place.must("wait", id) == "completed")
            #expect(!FileManager.default.fileExists(atPath: file))
            try await place.shows("tool done", times: 2, on: id)
        }
    }
}
