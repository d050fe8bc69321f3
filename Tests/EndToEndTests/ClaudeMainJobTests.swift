import JSON
import TestSupport
import Testing

/// The main job on the real Claude Code.
@Suite struct ClaudeMainJobTests {
    @Test("create, send, wait and last-message give the model's answer")
    func mainJob() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create("--description", "main job")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.must("send", id, "SAY hello there") == "Sent message to \(id)")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "hello there")
            #expect(try await place.received(id) == ["SAY hello there"])
            let status = try await place.status(id)
            #expect(status["state"]?.string == "idle")
            #expect(status["hooks"]?.bool == true)
            #expect(try await place.must("kill", id) == "Killed session \(id)")
            let after = try await place.run("status", id)
            #expect(after.exit.status == 1)
            #expect(after.errorText == "Session not found: \(id)\n")
        }
    }

    @Test("ask prints its own turn's answer, over several turns and tools")
    func ask() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY one") == "one")
            #expect(try await place.must("ask", id, "TOOL echo from-the-tool").contains("from-the-tool"))
            #expect(try await place.must("ask", id, "SAY three") == "three")
            #expect(try await place.must("last-message", id, "-n", "2").contains("three"))
        }
    }

    @Test("three sessions at once each give their own answer")
    func threeAtOnce() async throws {
        try await Workplace.with(.claude) { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...3 {
                    group.addTask {
                        let id = try await place.create()
                        #expect(try await place.must("ask", id, "SAY answer \(number)") == "answer \(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
