import Foundation
import JSON
import TestSupport
import Testing

/// The npm tool at work on the same sessions, as its 0.4.4 does it: a shell in tmux, and a record in sessions.json.
@Suite struct NpmToolTests {
    @Test("a session that the npm tool made is listed, answers, and is killed")
    func adopted() async throws {
        try await Workplace.with(.claude) { place in
            let conversation = try await makeAsNpm("annie-top", in: place)
            try await eventually("the agent to be ready") { try statuses(of: place).contains { $0["sessionId"]?.string == conversation && $0["status"]?.string == "idle" } }
            #expect(try await place.must("list").contains("annie-top"))
            #expect(try await place.must("ask", "annie-top", "SAY adopted") == "adopted")
            #expect(try await place.received("annie-top") == ["SAY adopted"])
            let status = try await place.status("annie-top")
            #expect(status["hooks"]?.bool == false)
            #expect(try await place.must("kill", "annie-top") == "Killed session annie-top")
            #expect(try place.sessionRecords().isEmpty)
            #expect(try await !place.home.tmux.run("list-sessions", "-F", "#{session_name}").contains("dev-annie-top"))
        }
    }

    @Test("a session that the npm tool killed is gone here, and its id is free")
    func killedElsewhere() async throws {
        try await Workplace.with(.standIn) { place in
            let id = try await place.create("--id", "ahri-mid")
            let other = try await place.create()
            _ = try await place.home.tmux.run("kill-session", "-t", "=dev-\(id)")
            try place.rewriteSessions { $0.filter { $0["championId"]?.string != id } }
            try await eventually("the session to be gone") { try await !place.must("list", "--all").contains(id) }
            #expect(try await place.must("list").contains(other))
            _ = try await place.create("--id", id)
        }
    }

    @Test("records of agents that are not here stay listed and killable; one whose terminal is gone goes")
    func foreignRecords() async throws {
        try await Workplace.with(.standIn) { place in
            _ = try await place.must("list")
            try place.rewriteSessions { _ in
                [("odd:id.1", "codex"), ("gone", "claude")].map { id, cli in
                    ["championId": .string(id), "internalId": "x", "cli": .string(cli), "mode": "native", "path": "/tmp",
                     "status": "active", "createdAt": "2026-01-01T00:00:00.000Z", "lastUsed": "2026-01-01T00:00:00.000Z"]
                }
            }
            let list = try await place.must("list")
            #expect(list.contains("odd:id.1"))
            #expect(!list.contains("gone"))
            #expect(try await place.record("odd:id.1")["cli"]?.string == "codex")
            #expect(try await place.run("send", "odd:id.1", "x").exit.status == 1)
            #expect(try await place.must("kill", "odd:id.1") == "Killed session odd:id.1")
            try await eventually("the file to be empty") { try place.sessionRecords().isEmpty }
        }
    }

    @Test("what the npm tool's wait compares with is kept true")
    func systemCount() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY one") == "one")
            #expect(try await place.must("ask", id, "SAY two") == "two")
            let transcript = try #require(try await place.status(id)["transcript"]?.string)
            let entries = try String(contentsOfFile: transcript, encoding: .utf8).split(separator: "\n").map { try JSON(parsing: String($0)) }
            let second = try #require(entries.lastIndex { $0["promptSource"]?.string == "typed" })
            let count = entries[..<second].count { $0["type"]?.string == "system" }
            #expect(count > 0)
            let record = try #require(try place.sessionRecords().first)
            #expect(record["claudeSystemCountAtSend"]?.int == count)
            #expect(record["status"]?.string == "active")
        }
    }

    // MARK: The npm tool's ways

    private func makeAsNpm(_ id: String, in place: Workplace) async throws -> String {
        let conversation = UUID().uuidString.lowercased()
        let folder = try place.home.makeWorkFolder("npm")
        let environment = place.home.environment(model: place.model?.baseURL)
        _ = try await Command(
            "tmux",
            ["new-session", "-d", "-s", "dev-\(id)", "-n", "dev-\(id)", "sh", "-c",
             "unset CLAUDECODE; export IS_SANDBOX=1; cd '\(folder)' && claude --session-id '\(conversation)' --dangerously-skip-permissions"],
            environment: environment
        ).run()
        _ = try await place.must("list")
        try place.rewriteSessions { sessions in
            sessions + [[
                "championId": .string(id), "internalId": .string(conversation), "cli": "claude", "mode": "native",
                "path": .string(folder), "status": "active", "createdAt": "2026-01-01T00:00:00.000Z",
                "lastUsed": "2026-01-01T00:00:00.000Z",
            ]]
        }
        return conversation
    }

    private func statuses(of place: Workplace) throws -> [JSON] {
        let folder = place.home.path + "/.claude/sessions"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }.compactMap { name in
            (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)).flatMap { try? JSON(parsing: $0) }
        }
    }
}
