import Directives
import EventLoop
import JSON

extension Agent {
    /// Starts a background sub-agent; its end is told in a turn of its own.
    func launchSubagent(_ call: ToolCall, in turn: Turn) -> ToolResult {
        let agent = Identifier.subagent()
        let prompt = call.input["prompt"]?.string ?? ""
        backgroundAgents += 1
        Task { await runSubagent(agent, prompt: prompt, call: call) }
        let text =
            "Async agent launched successfully. (This tool result is internal metadata — never quote or paste any part of it, including the agentId below, into a user-facing reply.)\nagentId: \(agent)"
        return ToolResult(
            content: [["type": "text", "text": .string(text)]],
            details: [
                "isAsync": true, "status": "async_launched", "agentId": .string(agent), "prompt": .string(prompt),
            ])
    }

    private func runSubagent(_ agent: String, prompt: String, call: ToolCall) async {
        let kind: JSON.Object = ["agent_id": .string(agent), "agent_type": "general-purpose"]
        _ = await fire("SubagentStart", kind)
        var answer = ""
        if case .tool(let command) = Directive(prompt) {
            answer = "tool done: " + ((try? await shell(command))?.stdout ?? "")
        } else if case .message(let message) = Directive(prompt).reply() {
            try? await loop.sleep(for: (message.silence ?? .zero) + message.pace)
            answer = message.spokenText
        }
        let path = record(agent, prompt: prompt, answer: answer)
        var end = workFields
        for (key, value) in kind { end[key] = value }
        end["agent_transcript_path"] = .string(path)
        end["last_assistant_message"] = .string(answer)
        _ = await fire("SubagentStop", end)
        backgroundAgents -= 1
        notifyTurn(
            """
            <task-notification>
            <task-id>\(agent)</task-id>
            <tool-use-id>\(call.identifier)</tool-use-id>
            <status>completed</status>
            <summary>Agent "\(call.input["description"]?.string ?? "")" finished</summary>
            <result>\(answer)</result>
            </task-notification>
            """)
    }

    /// Writes the sub-agent's own transcript, beside that of the session.
    private func record(_ agent: String, prompt: String, answer: String) -> String {
        let path = "\(transcript.path.dropLast(".jsonl".count))/subagents/agent-\(agent).jsonl"
        let first = Identifier.unique()
        let lines: [JSON.Object] = [
            [
                "parentUuid": nil, "isSidechain": true, "agentId": .string(agent), "type": "user",
                "message": ["role": "user", "content": .string(prompt)], "uuid": .string(first),
                "timestamp": .string(WallClock.timestamp),
            ],
            [
                "parentUuid": .string(first), "isSidechain": true, "agentId": .string(agent),
                "message": [
                    "id": .string(Identifier.message()), "type": "message", "role": "assistant",
                    "model": .string(model), "content": [["type": "text", "text": .string(answer)]],
                    "stop_reason": "end_turn",
                ],
                "type": "assistant", "uuid": .string(Identifier.unique()), "timestamp": .string(WallClock.timestamp),
            ],
        ]
        let context = Transcript.context(session: transcript.session, directory: directory)
        let bytes = lines.flatMap { line -> [UInt8] in
            var entry = line
            for (key, value) in context { entry[key] = value }
            return JSON.object(entry).bytes + [UInt8(ascii: "\n")]
        }
        do {
            try System.makeDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), withParents: true)
            try System.append(path, bytes)
        } catch {
            Terminal.writeError("cannot write the sub-agent's transcript: \(error)")
        }
        return path
    }

    /// Puts a notification in the user's place, as soon as no turn runs.
    private func notifyTurn(_ text: String) {
        transcript.noteQueue("enqueue", text)
        notifications.append(text)
        takeNotification()
    }

    func takeNotification() {
        guard turn == nil, dialog == nil, phase == .ready, !notifications.isEmpty else { return }
        transcript.noteQueue("dequeue")
        begin(Turn(prompts: [notifications.removeFirst()], source: .system))
    }
}
