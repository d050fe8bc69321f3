import EventLoop
import JSON

extension Agent {
    /// Runs the hooks of an event, all at once, and returns when they have ended.
    /// - Parameters:
    ///   - tool: what the settings' matchers are compared with.
    ///   - fields: what the event adds to the payload.
    func fire(_ event: String, tool: String? = nil, _ fields: JSON.Object = [:]) async -> [HookResult] {
        let commands = hooks.commands(for: event, tool: tool)
        guard !commands.isEmpty else { return [] }
        var payload: JSON.Object = [
            "session_id": .string(transcript.session), "transcript_path": .string(transcript.path),
            "cwd": .string(directory),
        ]
        if let prompt = turn?.promptID ?? lastPromptID { payload["prompt_id"] = .string(prompt) }
        payload["hook_event_name"] = .string(event)
        for (key, value) in fields { payload[key] = value }
        let input = JSON.object(payload).bytes + [UInt8(ascii: "\n")]
        let runs = commands.map { command in Task { await run(command, input: input) } }
        return await withTaskCancellationHandler {
            var results: [HookResult] = []
            for run in runs { results.append(await run.value) }
            return results
        } onCancel: {
            runs.forEach { $0.cancel() }
        }
    }

    /// The fields of events that happen while the agent works.
    var workFields: JSON.Object {
        ["permission_mode": .string(permissionMode.rawValue), "effort": ["level": "medium"]]
    }

    private func run(_ command: HookCommand, input: [UInt8]) async -> HookResult {
        let start = ContinuousClock.now
        var options = ChildProcess.Options(
            executable: "/bin/sh", arguments: ["-c", command.command], environment: childEnvironment,
            directory: directory)
        options.newSession = true
        let output = try? await ChildProcess.output(
            on: loop, options, input: input, timeout: command.timeLimit)
        let time = ContinuousClock.now - start
        return HookResult(
            command: command.command, status: output.map { $0.exit.signal == 0 ? $0.exit.status : -1 } ?? -1,
            output: String(decoding: output?.stdout ?? [], as: UTF8.self),
            errors: String(decoding: output?.stderr ?? [], as: UTF8.self),
            milliseconds: time.milliseconds)
    }

    /// What hooks and tools get: this program's environment and what Claude Code 2.1.329 sets in its children.
    var childEnvironment: [String: String] {
        environment.merging([
            "CLAUDECODE": "1", "AI_AGENT": "claude-code", "GIT_EDITOR": "true",
            "NoDefaultCurrentDirectoryInExePath": "1", "CLAUDE_PID": String(System.processID),
            "CLAUDE_EFFORT": "medium", "CLAUDE_CODE_CHILD_SESSION": "1",
            "CLAUDE_CODE_SESSION_ID": transcript.session, "CLAUDE_CODE_ENTRYPOINT": "cli",
            "CLAUDE_PROJECT_DIR": directory,
        ]) { $1 }
    }
}

extension Duration {
    static let practicallyForever = Duration.seconds(100 * 365 * 24 * 3600)

    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
