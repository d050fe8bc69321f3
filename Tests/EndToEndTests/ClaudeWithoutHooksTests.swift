import Foundation
import JSON
import TestSupport
import Testing

/// The real Claude Code in a repository whose settings turn all hooks off: the status file and the transcript have to do.
@Suite struct ClaudeWithoutHooksTests {
    @Test("the main flows run, and status says that there are no hooks")
    func mainFlows() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.createWithoutHooks()
            #expect(try await place.status(id)["hooks"] == false)
            #expect(try await place.must("ask", id, "SAY hello") == "hello")
            #expect(try await place.must("ask", id, "TOOL echo from-the-tool") == "tool done: from-the-tool")
            #expect(try await place.expect(1, "ask", id, "ERROR 400").errorText.contains("scripted error 400"))
            async let running = place.must("ask", id, "SLOW 2 the first answer")
            try await place.asked("SLOW 2 the first answer")
            #expect(try await place.must("ask", id, "SAY the second answer") == "the second answer")
            #expect(try await running == "the first answer")
            try await place.must("send", id, "HANG 100")
            try await place.asked("HANG 100")
            #expect(try await place.must("interrupt", id) == "Interrupted \(id)")
            #expect(try await place.expect(1, "wait", id).errorText.contains("interrupted before the agent answered"))
            #expect(try await place.must("ask", id, "SAY goodbye") == "goodbye")
            #expect(try await place.status(id)["hooks"] == false)
        }
    }

    @Test("a question is shown, and that only the terminal can answer it")
    func question() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.createWithoutHooks()
            let asked = try await place.expect(3, "ask", id, "ASK")
            #expect(asked.outputText == "Which colour?\n  - Red: the red one\n  - Blue: the blue one\n")
            #expect(try await place.pending(id).first?["answerable"] == false)
            #expect(try await place.status(id)["source"] == "status-file")
            let refused = try await place.expect(1, "respond", id, "--answer", "Red")
            #expect(refused.errorText.contains("dev-sessions attach \(id)"))
            try await place.decide(with: "2", in: id)
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id).contains("\"Which colour?\"=\"Blue\""))
        }
    }
}

extension Workplace {
    fileprivate func createWithoutHooks() async throws -> String {
        let folder = try home.makeWorkFolder("repository")
        try FileManager.default.createDirectory(atPath: folder + "/.claude", withIntermediateDirectories: true)
        try home.write(#"{"disableAllHooks": true}"#, to: "work/repository/.claude/settings.json")
        return try await must("create", "-q", "--path", folder)
    }
}
