import Foundation
import JSON
import TestSupport
import Testing

/// What the environment of `create` decides, on the real Claude Code.
@Suite struct ClaudeEnvironmentTests {
    @Test("sessions of two users' homes, configurations and programs live under one supervisor")
    func twoHomes() async throws {
        try await Workplace.with(.claude) { place in
            let other = try TemporaryHome()
            try other.install(RealAgents.requireClaude(), as: "claude")
            let model = try #require(place.model?.baseURL)
            let otherEnvironment = other.environment(model: model).merging([
                "DEV_SESSIONS_HOME": place.home.path + "/.dev-sessions",
                "CLAUDE_CONFIG_DIR": other.path + "/.claude",
                "ANSWER": "other",
            ]) { $1 }
            try FileManager.default.moveItem(atPath: other.path + "/.claude.json", toPath: other.path + "/.claude/.claude.json")

            let first = try await place.create()
            let second = try await place.must(
                "create", "-q", environment: otherEnvironment, directory: other.makeWorkFolder("folder"))
            #expect(try await place.must("ask", first, "TOOL echo $HOME $PATH $ANSWER.")
                == "tool done: \(place.home.path) \(place.home.path)/bin:/usr/local/bin:/usr/bin:/bin .")
            #expect(try await place.must("ask", second, "TOOL echo $HOME $PATH $ANSWER.")
                == "tool done: \(other.path) \(other.path)/bin:/usr/local/bin:/usr/bin:/bin other.")
            #expect(try await place.status(first)["transcript"]?.string?.hasPrefix(place.home.path + "/.claude/projects/") == true)
            #expect(try await place.status(second)["transcript"]?.string?.hasPrefix(other.path + "/.claude/projects/") == true)
            // Each stands in its own user's tmux.
            #expect(try await place.home.tmux.run("list-sessions", "-F", "#S").contains("dev-\(first)\n"))
            #expect(try await other.tmux.run("list-sessions", "-F", "#S").contains("dev-\(second)\n"))
            #expect(try await place.must("list").contains(second))
            try await place.must("kill", second)
            try await other.tmux.killServer()
        }
    }

    @Test("a session made by a session has nothing of that one's environment, and neither can wait for it")
    func nested() async throws {
        try await Workplace.with(.claude) { place in
            let outer = try await place.create("--id", "outer")
            let program = place.program
            let answer = try await place.must(
                "ask", outer, "TOOL \(program) create -q --id inner && \(program) ask inner 'SAY from inside'")
            #expect(answer == "tool done: inner\nfrom inside")
            let outerEnvironment = try await place.agentEnvironment(outer)
            let innerEnvironment = try await place.agentEnvironment("inner")
            // What a shell sets for itself is no trace of a session.
            let shell: Set = ["SHLVL", "PWD", "OLDPWD", "_", "SHELL", "COREPACK_ENABLE_AUTO_PIN"]
            let different = Set(outerEnvironment.keys).union(innerEnvironment.keys)
                .filter { outerEnvironment[$0] != innerEnvironment[$0] && !shell.contains($0) }
            #expect(different == ["DEV_SESSIONS_SESSION"])
            #expect(innerEnvironment["DEV_SESSIONS_SESSION"] == "inner")

            #expect(try await place.status("inner")["parent"] == "outer")
            #expect(try await place.status("inner")["turn"]?["origin"] == "session:outer")
            let ownWait = try await place.must("ask", outer, "TOOL \(program) wait outer")
            #expect(ownWait.contains("outer cannot wait for itself"))
            let ancestorWait = try await place.must("ask", "inner", "TOOL \(program) wait outer")
            #expect(ancestorWait.contains("inner cannot wait for outer, which started it"))
        }
    }

    @Test("a home whose path is too long for sockets works all the same")
    func longHome() async throws {
        try await Workplace.with(.claude) { place in
            let home = place.home.path + "/" + String(repeating: "long-", count: 24) + "home"
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            for name in [".claude.json", ".claude"] {
                try FileManager.default.copyItem(atPath: "\(place.home.path)/\(name)", toPath: "\(home)/\(name)")
            }
            let id = try await place.must("create", "-q", environment: ["HOME": home])
            #expect(try await place.must("ask", id, "SAY from afar", environment: ["HOME": home]) == "from afar")
            try await place.expect(3, "ask", id, "ASK", environment: ["HOME": home])
            try await place.must("respond", id, "--answer", "Red", environment: ["HOME": home])
            #expect(try await place.must("wait", id, environment: ["HOME": home]) == "completed")
            try await place.must("kill", id, environment: ["HOME": home])
            try await place.must("supervisor", "stop", environment: ["HOME": home])
        }
    }
}

extension Workplace {
    /// The environment with which the agent was started, as `/proc` has it.
    fileprivate func agentEnvironment(_ id: String) async throws -> [String: String] {
        let bytes = try #require(FileManager.default.contents(atPath: "/proc/\(try await agentPID(id))/environ"))
        let variables = String(decoding: bytes, as: UTF8.self).split(separator: "\0").map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        }
        return Dictionary(variables.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { $1 }
    }
}
