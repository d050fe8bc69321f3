import JSON
import TestSupport
import Testing

/// Messages to the real Claude Code while it works on others.
@Suite struct ClaudeQueueTests {
    @Test("messages sent while a turn runs are delivered in order, and each ask gets its own answer")
    func ownAnswers() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            async let running = place.must("ask", id, "SLOW 4 the first answer")
            try await place.asked("SLOW 4 the first answer")
            async let second = place.must("ask", id, "SAY the second answer")
            try await place.queued(1, in: id)
            async let third = place.must("ask", id, "TOOL echo the third answer")
            try await place.queued(2, in: id)
            #expect(try await place.must("send", id, "SAY the last answer") == "Sent message to \(id)")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "the last answer")
            #expect(try await running == "the first answer")
            #expect(try await second == "the second answer")
            #expect(try await third == "tool done: the third answer")
            #expect(try await place.received(id) == [
                "SLOW 4 the first answer", "SAY the second answer", "TOOL echo the third answer", "SAY the last answer",
            ])
        }
    }

    @Test("what a person types meanwhile is a turn of its own, and takes nobody's answer")
    func person() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            async let running = place.must("ask", id, "SLOW 4 the first answer")
            try await place.asked("SLOW 4 the first answer")
            async let behind = place.must("ask", id, "SAY the second answer")
            try await place.queued(1, in: id)
            try await place.press("-l", "SAY what the person said", in: id)
            try await place.press("Enter", in: id)
            let answers = try await [running, behind]
            #expect(answers == ["the first answer", "the second answer"])
            #expect(Set(try await place.received(id)) == [
                "SLOW 4 the first answer", "SAY the second answer", "SAY what the person said",
            ])
        }
    }

    @Test("wait covers a turn that a person began")
    func waitForPerson() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            try await place.press("-l", "SLOW 2 for the person", in: id)
            try await place.press("Enter", in: id)
            try await place.asked("SLOW 2 for the person")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "for the person")
            #expect(try await place.status(id)["turn"]?["origin"] == "terminal")
        }
    }

    @Test("a background agent holds up nobody, and its turn ends after its report")
    func backgroundAgent() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            let permission = "\(place.home.path)/work/agent-may-end"
            let work = """
                TOOL python3 -c "import os, time
                while not os.path.exists('\(permission)'): time.sleep(0.05)
                print('the report')"
                """
            try await place.must("send", id, "AGENT \(work)")
            try await place.asked(work)
            async let waiting = place.must("wait", id)
            #expect(try await place.must("ask", id, "SAY meanwhile") == "meanwhile")
            #expect(try await place.must("status", id) == "working")
            try place.home.write("", to: "work/agent-may-end")
            #expect(try await waiting == "completed")
            try await place.state("idle", of: id)
            #expect(try await place.must("logs", id).contains("<result>tool done: the report</result>"))
            #expect(try await place.must("ask", id, "SAY afterwards") == "afterwards")
        }
    }
}
