import Foundation
import JSON
import TestSupport
import Testing

/// Starts of the real Claude Code that do not come to an end, or need something first.
@Suite struct ClaudeStartTests {
    @Test("a start-up dialog fails the start with what to do, and leaves nothing behind", arguments: [
        (TemporaryHome.Dialogs.trust, "--trust"), (.key, "unset ANTHROPIC_API_KEY"),
        (.bypass, "claude --dangerously-skip-permissions"),
    ])
    func dialog(_ dialog: TemporaryHome.Dialogs, _ advice: String) async throws {
        try await Workplace.with(.claude, dialogs: dialog) { place in
            let result = try await place.expect(1, "create", "--id", "stuck")
            #expect(result.errorText.contains("The session stuck was not created. Claude Code asks whether"))
            #expect(result.errorText.contains(advice))
            try await place.leavesNothing()
        }
    }

    @Test("a user who never set Claude Code up is told to")
    func onboarding() async throws {
        try await Workplace.with(.claude) { place in
            try place.home.write("{}", to: ".claude.json")
            let result = try await place.expect(1, "create", "--id", "stuck")
            #expect(result.errorText.contains("Run `claude` once by hand and finish its welcome screens."))
            try await place.leavesNothing()
        }
    }

    @Test("--trust accepts the folder and skipped permissions, for this session only")
    func trust() async throws {
        try await Workplace.with(.claude, dialogs: [.trust, .bypass]) { place in
            let id = try await place.create("--trust")
            #expect(try await place.must("ask", id, "SAY trusted") == "trusted")
            let configuration = FileManager.default.contents(atPath: place.home.path + "/.claude/settings.json") ?? Data()
            #expect(!String(decoding: configuration, as: UTF8.self).contains("skipDangerousModePermissionPrompt"))
        }
    }

    @Test("an agent that exits at once is quoted, and leaves nothing behind")
    func exitsAtOnce() async throws {
        try await Workplace.with(.claude) { place in
            let folder = try place.home.makeWorkFolder("programs")
            try place.home.write("#!/bin/sh\necho no luck today\nexit 7\n", to: "work/programs/claude")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/claude")
            let result = try await place.expect(1, "create", "--id", "stuck", environment: ["PATH": folder + ":/usr/bin:/bin"])
            #expect(result.errorText == """
                The session stuck was not created. Claude Code exited with status 7. It said:
                no luck today

                """)
            try await place.leavesNothing()
            #expect(try await place.must("create", "--id", "stuck") == "Created session stuck")
        }
    }

    @Test("without claude on the caller's PATH, create says so")
    func missing() async throws {
        try await Workplace.with(.claude) { place in
            let result = try await place.expect(1, "create", environment: ["PATH": "/usr/bin:/bin"])
            #expect(result.errorText.hasPrefix("`claude` was not found on your PATH (/usr/bin:/bin)."))
            try await place.leavesNothing()
        }
    }

    @Test("Codex's options are refused", arguments: [("--sandbox", "read-only"), ("--approval-policy", "never")])
    func optionsOfCodex(_ option: String, _ value: String) async throws {
        try await Workplace.with(.standIn) { place in
            let refused = try await place.expect(1, "create", option, value)
            #expect(refused.errorText == "\(option) is Codex's; use --permission-mode with claude.\n")
        }
    }

    @Test("options behind -- go to the agent, and settings among them are merged with ours")
    func agentOptions() async throws {
        try await Workplace.with(.claude) { place in
            let marker = place.home.path + "/work/stopped"
            let settings = #"{"env": {"GREETING": "hello"}, "hooks": {"Stop": [{"hooks": [{"type": "command", "command": "touch \#(marker)"}]}]}}"#
            let id = try await place.must("create", "-q", "--", "--settings", settings, "--append-system-prompt", "MARKED")
            #expect(try await place.must("ask", id, "TOOL echo $GREETING") == "tool done: hello")
            #expect(try await place.status(id)["hooks"] == true)
            try await eventually("the creator's own hook") { FileManager.default.fileExists(atPath: marker) }
            let requests = await place.model?.requests { String(decoding: $0.body, as: UTF8.self).contains("MARKED") }
            #expect(requests?.isEmpty == false)
        }
    }
}

extension Workplace {
    /// Neither a session nor a file nor a terminal is left of one that could not be started.
    fileprivate func leavesNothing() async throws {
        #expect(try await must("list", "--all") == "No active sessions")
        let files = (try? FileManager.default.contentsOfDirectory(atPath: home.path + "/.dev-sessions/claude")) ?? []
        #expect(files.isEmpty)
        let sessions = (try? await home.tmux.run("list-sessions", "-F", "#S").split(separator: "\n")) ?? []
        #expect(sessions.filter { $0 != "_dev-sessions" }.isEmpty)
    }
}
