import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

/// The main job on the real Codex.
@Suite struct CodexMainJobTests {
    @Test("create, send, wait, last-message and logs give the model's answer")
    func mainJob() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--description", "main job")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.must("send", id, "SAY hello there") == "Sent message to \(id)")
            #expect(try await place.must("wait", id) == "completed")
            #expect(try await place.must("last-message", id) == "hello there")
            #expect(try await place.must("logs", id) == "[HUMAN]\nSAY hello there\n\n[ASSISTANT]\nhello there")
            #expect(try await place.must("logs", id, "--json")
                == #"[{"role":"human","text":"SAY hello there"},{"role":"assistant","text":"hello there"}]"#)
            #expect(try await place.received(id) == ["SAY hello there"])
            let status = try await place.status(id)
            #expect(status["state"] == "idle")
            #expect(status["source"] == "app-server")
            #expect(status["turn"]?["origin"] == "command")
            #expect(status["turn"]?["state"] == "completed")
        }
    }

    @Test("ask prints its own turn's answer, over several turns and tools")
    func ask() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY one") == "one")
            #expect(try await place.must("ask", id, "TEXTTOOL echo from-the-tool") == "tool done: from-the-tool")
            #expect(try await place.must("ask", id, "THINK three") == "three")
            #expect(try await place.must("last-message", id, "-n", "3") == "about to run\n\ntool done: from-the-tool\n\nthree")
            #expect(try await place.must("last-message", id, "-n", "9", "--json")
                == #"["one","about to run","tool done: from-the-tool","three"]"#)
            #expect(try await place.must("ask", id, "EMPTY") == "")
            // What was said before is not this turn's answer, but it is still the last.
            #expect(try await place.must("last-message", id) == "three")
        }
    }

    @Test("the record is as the npm tool has it, and names the thread and the app-server's process")
    func record() async throws {
        try await Workplace.with(.codex) { place in
            let folder = try place.home.makeWorkFolder("project")
            let created = try JSON(parsing: try await place.must(
                "create", "--cli", "codex", "--path", folder, "--description", "the record", "--model", "another-model",
                "--mode", "docker", "--json"))
            let id = try #require(created["championId"]?.string)
            #expect(created.object?.map(\.key) == [
                "championId", "internalId", "cli", "mode", "path", "description", "status", "appServerPid", "model",
                "codexTurnInProgress", "createdAt", "lastUsed",
            ])
            #expect(created["cli"] == "codex")
            // The npm tool has one mode for Codex.
            #expect(created["mode"] == "native")
            #expect(created["path"] == .string(folder))
            #expect(created["status"] == "active")
            #expect(created["model"] == "another-model")
            #expect(created["appServerPid"]?.int == Int(try place.appServer().processID))
            #expect(try await place.record(id) == created)
            #expect(try JSON(parsing: try await place.must("list", "--json")) == [created])
            #expect(try place.home.read(".dev-sessions/sessions.json").contains(#""championId": "\#(id)""#))

            #expect(try await place.must("ask", id, "TOOL pwd") == "tool done: \(folder)")
            let thread = try await place.thread(id)
            let requests = await place.model?.requests { $0.session == thread } ?? []
            #expect(!requests.isEmpty)
            #expect(try requests.allSatisfy { try JSON(parsing: $0.body)["model"] == "another-model" })
            #expect(try await place.record(id)["lastTurnStatus"] == "completed")
        }
    }

    @Test("a table lists the sessions, and a killed one is gone from it, with its thread in Codex's archive")
    func listAndKill() async throws {
        try await Workplace.with(.codex) { place in
            #expect(try await place.must("list") == "No active sessions")
            let first = try await place.create("--description", "the first")
            let second = try await place.create()
            let table = try await place.must("list").split(separator: "\n").map { $0.split(separator: " ", omittingEmptySubsequences: true) }
            #expect(table.map(\.first) == ["ID", table[1].first, first[...], second[...]])
            #expect(table[2][1...4] == ["codex", "native", "local", "active"])
            let thread = try await place.thread(first)
            try await place.must("ask", first, "SAY something")
            let server = try place.appServer()
            let rollout = try #require(try await place.status(first)["transcript"]?.string)
            #expect(System.exists(rollout))

            #expect(try await place.must("kill", first) == "Killed session \(first)")
            #expect(try await !place.must("list").contains(first))
            #expect(!System.exists(rollout))
            let archived = try System.entries(of: place.home.path + "/.codex/archived_sessions")
            #expect(archived.contains { $0.contains(thread) })
            #expect(try await place.expect(1, "status", first).errorText == "Session not found: \(first)\n")
            // Another session still needs it.
            #expect(server.isAlive)
            #expect(try await place.must("ask", second, "SAY still here") == "still here")
            #expect(try await place.must("kill", second) == "Killed session \(second)")
            try await eventually("the end of the app-server") { !server.isAlive }
            #expect(place.appServers().isEmpty)
            #expect(try await place.must("list") == "No active sessions")
        }
    }

    @Test("what cannot be is refused at once, with what to do, and leaves nothing behind", arguments: [
        (["--approval-policy", "sometimes"], "Unknown approval policy \"sometimes\": use never, on-request, untrusted.\n"),
        (["--sandbox", "none"], "Unknown sandbox \"none\": use danger-full-access, workspace-write, read-only.\n"),
        (["--permission-mode", "plan"], "--permission-mode is Claude Code's; use --approval-policy and --sandbox with codex.\n"),
        (["--", "--search"], "\"--search\" cannot be given to codex: a session takes settings only, as `-c name=value`.\n"),
        (["--", "-c", "nonsense"], "\"-c\" cannot be given to codex: a session takes settings only, as `-c name=value`.\n"),
        (["--path", "/no/such/folder"], "Workspace path does not exist: /no/such/folder\n"),
    ])
    func refused(_ arguments: [String], _ complaint: String) async throws {
        try await Workplace.with(.codex) { place in
            let result = try await place.run(["create", "--cli", "codex"] + arguments)
            #expect(result.exit.status == 1)
            #expect(result.errorText == complaint)
            #expect(result.outputText == "")
            #expect(place.appServers().isEmpty)
            #expect(try await place.must("list", "--all") == "No active sessions")
        }
    }

    @Test("without codex on the PATH create says so at once, and Claude sessions are none the worse")
    func missing() async throws {
        try await Workplace.with(.standIn) { place in
            let claude = try await place.create()
            let result = try await place.expect(1, "create", "--cli", "codex")
            #expect(result.errorText.hasPrefix("`codex` was not found on your PATH ("))
            #expect(result.errorText.hasSuffix("). Install Codex, or put its folder on the PATH.\n"))
            #expect(try await place.must("ask", claude, "SAY as ever") == "as ever")
            #expect(try await place.must("list", "--all").split(separator: "\n").count == 3)
        }
    }

    @Test("settings after -- are the thread's")
    func settings() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create("--", "-c", "model_reasoning_effort=high", "-c", "developer_instructions=\"be brief\"")
            #expect(try await place.must("ask", id, "SAY hello") == "hello")
            let thread = try await place.thread(id)
            let request = try #require(await place.model?.requests { $0.session == thread }.first)
            #expect(try JSON(parsing: request.body)["reasoning"]?["effort"] == "high")
            #expect(String(decoding: request.body, as: UTF8.self).contains("be brief"))
        }
    }
}
