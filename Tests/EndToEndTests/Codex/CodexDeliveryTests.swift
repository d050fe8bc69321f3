import Foundation
import JSON
import TestSupport
import Testing

/// Messages to the real Codex: what arrives, and as which turn.
@Suite struct CodexDeliveryTests {
    @Test("messages arrive byte for byte, whatever they are")
    func verbatim() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.deliver([
                "a\tb\tc", "line one\r\nline two\rline three\nline four\n\n", "-x", "--help", "!x", "/compact", "#note", "@README.md",
                "$(id) `id` $HOME $skill", "\\;", ";", "exit", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} e\u{301} \u{212B} \u{4E2D}\u{6587}",
                "  leading and trailing  ", "\n\n  x", "<pasted_content id=\"1\">\nx\n</pasted_content id=\"1\">", "\u{FEFF}x\u{FEFF}",
                "nul \u{0} escape \u{1B}[31m bell \u{7} delete \u{7F} end", "\u{200B}\u{2028}\u{2029}x", "{\"type\": \"text\"}",
            ], to: id)
            var random = RandomMessages(seed: 3)
            try await place.deliver((0..<20).map { _ in random.message(bytes: 300) }, to: id)
            // On the command line as well.
            #expect(try await place.must("ask", id, "--", "-x") == "ECHO: -x")
            #expect(try await place.must("ask", id, "SAY a\tb\nc") == "a\tb\nc")
        }
    }

    @Test("half a megabyte arrives as it is, and the answer comes back whole")
    func large() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            var random = RandomMessages(seed: 4)
            let text = "SAY " + random.message(bytes: 500_000)
            let result = try await place.run(["ask", id, "-f", "-"], input: Array(text.utf8))
            #expect(result.isSuccess, "\(result.errorText.prefix(300))")
            place.expect(try await place.received(id), toBe: [text])
            place.expect([result.outputText], toBe: [text.dropFirst(4) + "\n"])
        }
    }

    @Test("Codex's own limit is told before anything is sent, and what is just within it arrives")
    func limit() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let limit = 1_048_576
            let result = try await place.run("send", id, "-f", "-", input: String(repeating: "x", count: limit + 1))
            #expect(result.exit.status == 1)
            #expect(result.errorText
                == "The message has 1048577 characters; Codex takes 1048576 at most. Put it into a file, and send its path.\n")
            #expect(try await place.must("status", id) == "idle")
            // Characters count, not bytes.
            let most = "LEN 5 " + String(repeating: "\u{E9}", count: limit - 6)
            #expect(try await place.run("ask", id, "-f", "-", input: most).outputText == "lorem\n")
            place.expect(try await place.received(id), toBe: [most])
        }
    }

    @Test("messages sent while a turn runs are turns of their own, in order, and each ask gets its own answer")
    func queue() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            async let running = place.must("ask", id, "SLOW 3 the first answer")
            try await place.asked("SLOW 3 the first answer")
            async let second = place.must("ask", id, "SAY the second answer")
            try await place.queued(1, in: id)
            async let third = place.must("ask", id, "TOOL echo the third answer")
            try await place.queued(2, in: id)
            #expect(try await place.must("send", id, "SAY the last answer") == "Sent message to \(id)")
            #expect(try await place.must("status", id) == "working")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "the last answer")
            #expect(try await running == "the first answer")
            #expect(try await second == "the second answer")
            #expect(try await third == "tool done: the third answer")
            #expect(try await place.received(id) == [
                "SLOW 3 the first answer", "SAY the second answer", "TOOL echo the third answer", "SAY the last answer",
            ])
        }
    }

    @Test("--steer adds to the running turn: the answer turns to it, and both end together")
    func steer() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            // Nothing to steer: an ordinary message.
            try await place.must("send", id, "--steer", "SAY at rest")
            #expect(try await place.must("wait", id) == "completed")
            let slow = "SLOW 60 a long answer that nobody will hear to its end"
            async let asked = place.must("ask", id, slow)
            try await place.asked(slow)
            async let behind = place.must("ask", id, "SAY behind")
            try await place.queued(1, in: id)
            let start = ContinuousClock.now
            #expect(try await place.must("send", id, "--steer", "SAY steered") == "Sent message to \(id)")
            #expect(try await asked == "steered")
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(try await behind == "behind")
            #expect(try await place.received(id) == ["SAY at rest", slow, "SAY steered", "SAY behind"])
            let turns = try await place.must("logs", id, "--json")
            #expect(turns.contains("SAY steered"))
        }
    }

    @Test("only Codex sessions can be steered")
    func steerClaude() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create()
            #expect(try await place.expect(1, "send", id, "--steer", "SAY hello").errorText
                == "Steering is only supported for codex sessions; \(id) is a claude session\n")
        }
    }
}
