import Foundation
import JSON
import TestSupport
import Testing

/// Slash commands sent to the real Claude Code as messages.
@Suite struct ClaudeSlashCommandTests {
    @Test("/clear begins a new conversation and /compact keeps the old one; the session goes on with both")
    func clearAndCompact() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY one") == "one")
            let first = try await place.record(id)["internalId"]
            try await place.must("send", id, "/clear")
            #expect(try await place.must("wait", id) == "completed")
            let second = try await place.record(id)["internalId"]
            #expect(first != second)
            #expect(try await place.must("last-message", id) == "")
            #expect(try await place.must("ask", id, "SAY two") == "two")
            #expect(try await place.received(id) == ["SAY two"])
            try await place.must("send", id, "/compact")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.record(id)["internalId"] == second)
            #expect(try await place.must("ask", id, "SAY three") == "three")
        }
    }

    @Test("a command of the user's own is a turn with an answer")
    func ownCommand() async throws {
        try await Workplace.with(.claude) { place in
            try FileManager.default.createDirectory(
                atPath: place.home.path + "/.claude/commands", withIntermediateDirectories: true)
            try place.home.write("SAY the command got $ARGUMENTS", to: ".claude/commands/mine.md")
            let id = try await place.create()
            #expect(try await place.must("ask", id, "/mine one two") == "the command got one two")
            #expect(try await place.must("ask", id, "SAY next") == "next")
        }
    }

    @Test("an unknown command, or one that opens a dialog, is an error, and leaves the session as it was")
    func failingCommands() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.expect(1, "send", id, "/nosuch").errorText.contains("Unknown command: /nosuch"))
            #expect(try await place.expect(1, "ask", id, "/nosuch a b").errorText.contains("Unknown command: /nosuch"))
            // The menu's suggestion for half a name would be /compact.
            #expect(try await place.expect(1, "ask", id, "/comp").errorText.contains("Unknown command: /comp"))
            // One right after the other, as a program may send them.
            for command in ["/model", "/model", "/config", "/config", "/cost", "/cost", "/model"] {
                #expect(try await place.expect(1, "ask", id, command).errorText.contains("\(command) opens a dialog"))
            }
            for command in ["/cost", "/config", "/model"] {
                #expect(try await place.expect(1, "ask", id, command).errorText.contains("\(command) opens a dialog"))
                try await place.state("idle", of: id)
                #expect(try await place.status(id)["turn"]?["state"] == "failed")
            }
            #expect(try await place.must("ask", id, "SAY next") == "next")
            #expect(try await place.received(id) == ["SAY next"])
        }
    }

    @Test("with --literal a command is text for the model")
    func literal() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "--literal", "/clear") == "ECHO: \u{2800}/clear")
            #expect(try await place.must("ask", id, "--literal", "exit") == "ECHO: exit\u{2800}")
            #expect(try await place.expect(1, "send", id, "exit").errorText.contains("ends Claude Code"))
            #expect(try await place.received(id) == ["\u{2800}/clear", "exit\u{2800}"])
        }
    }
}
