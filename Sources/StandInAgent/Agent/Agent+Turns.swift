import Directives
import EventLoop
import JSON

extension Agent {
    func begin(_ turn: Turn) {
        self.turn = turn
        lastPromptID = turn.promptID
        set(.busy)
        turn.task = Task {
            do {
                switch turn.work {
                case .prompts(let texts, let source): try await obey(texts, from: source, in: turn)
                case .shell(let command): try await runShell(command, in: turn)
                case .compaction: await compact(turn)
                }
            } catch {
                recordInterruption(of: turn)
            }
            over(turn)
        }
    }

    private func over(_ turn: Turn) {
        guard phase != .ending else { return }
        self.turn = nil
        set(.idle)
        screen.draw(box)
        takeFromQueue()
    }

    private func obey(_ texts: [String], from source: Transcript.Source, in turn: Turn) async throws {
        let directive = Directive(texts.last ?? "")
        if case .dieBeforeTranscript(let status) = directive { die(status) }
        // Queued messages have been shown to the hooks when they were queued.
        if source != .queued {
            let fields: JSON.Object = [
                "permission_mode": .string(permissionMode.rawValue), "prompt": .string(texts.last ?? ""),
            ]
            if await fire("UserPromptSubmit", fields).contains(where: \.isRefusal) { return }
            try Task.checkCancellation()
        }
        closeUnfinished()
        transcript.turnIndex += 1
        for (index, text) in texts.enumerated() {
            if index > 0 { turn.promptID = Identifier.unique() }
            if source == .system {
                transcript.addMetaPrompt(
                    "<system-reminder>\n<tools-used-before-summary></tools-used-before-summary>\n</system-reminder>",
                    promptID: turn.promptID)
            }
            transcript.addPrompt(text, promptID: turn.promptID, source: source, mode: permissionMode)
            screen.say("> " + text)
        }
        lastPromptID = turn.promptID
        transcript.noteLastPrompt(turn.lastPrompt)
        switch directive {
        case .die(let status):
            transcript.flush()
            die(status)
        case .hangUp: await hangUp()
        default: break
        }
        try await converse(source == .system ? nil : directive, in: turn)
    }

    /// Answers until the model has nothing more to do.
    /// - Parameter directive: nil for a notification, which is only acknowledged.
    private func converse(_ directive: Directive?, in turn: Turn) async throws {
        var directive = directive
        var results: [[String]] = []
        var failures = 0
        while true {
            switch directive?.reply(toolResults: results, failures: failures) ?? .text("ok: the sub-agent has ended") {
            case .failure(let status):
                failures += 1
                guard failures <= retries else { return await fail(turn, status: status) }
                try await loop.sleep(for: .milliseconds(100 * failures))
            case .error: return await fail(turn, status: 500)
            case .cutOff:
                transcript.addInformation("The connection was cut, asking again")
                try await speak(.init([.text("answered after the cut")]), in: turn)
                await finish(turn, saying: "answered after the cut")
                return
            case .message(let message):
                let calls = try await speak(message, in: turn)
                switch message.stop {
                case .toolUse:
                    results.append(try await use(calls, in: turn))
                    if let absorbed = absorbQueue() { (directive, results) = (Directive(absorbed), []) }
                case .refusal: return await refuse(turn)
                case .maximumTokens:
                    transcript.addMetaPrompt(
                        "Output token limit hit. Resume directly — no apology, no recap of what you were doing.",
                        promptID: turn.promptID)
                    directive = .say("rt, and here is the rest")
                case .endTurn:
                    if message.content.isEmpty {
                        transcript.addMetaPrompt(
                            "[Your previous response had no visible output. Please continue and produce a user-visible response.]",
                            promptID: turn.promptID)
                    }
                    guard let reason = await finish(turn, saying: message.spokenText) else { return }
                    transcript.addMetaPrompt("Stop hook feedback:\n" + reason, promptID: turn.promptID)
                    (directive, results) = (Directive(reason), [])
                }
            }
        }
    }

    private var retries: Int { environment["CLAUDE_CODE_MAX_RETRIES"].flatMap(Int.init) ?? 10 }

    /// Messages that came while tools ran are taken into the turn.
    private func absorbQueue() -> String? {
        let messages = queue.prefix { Self.command($0) == nil }
        queue.removeFirst(messages.count)
        for message in messages { transcript.addAbsorbed(message) }
        return messages.last
    }

    /// Says what the model says, word by word if it is slow, and returns its calls.
    @discardableResult
    private func speak(_ message: Reply.Message, in turn: Turn) async throws -> [ToolCall] {
        try await loop.sleep(for: message.silence ?? .practicallyForever)
        let answer = Transcript.Answer(model: model, stop: message.stop)
        var calls: [ToolCall] = []
        for (index, block) in message.content.enumerated() {
            switch block {
            case .text(let text):
                try await stream(text, over: message.pace, as: answer, in: turn)
                transcript.add(["type": "text", "text": .string(text)], at: index, of: answer)
                screen.say("● " + text)
            case .thinking(let text):
                transcript.add(
                    ["type": "thinking", "thinking": .string(text), "signature": "scripted"], at: index, of: answer)
            case .toolUse(let name, let input):
                let identifier = Identifier.toolCall()
                if !toolsUsed.contains(name) {
                    toolsUsed.append(name)
                    transcript.noteToolsUsed(toolsUsed)
                }
                let entry = transcript.add(
                    ["type": "tool_use", "id": .string(identifier), "name": .string(name), "input": input],
                    at: index, of: answer)
                calls.append(
                    ToolCall(identifier: identifier, name: name, input: input, entry: entry, message: answer.identifier))
            }
            turn.isAnswered = true
            turn.stage = .beforeAnswer
        }
        return calls
    }

    private func stream(_ text: String, over pace: Duration, as answer: Transcript.Answer, in turn: Turn) async throws {
        guard pace > .zero else { return }
        let words = text.split(separator: " ")
        var spoken = ""
        for word in words {
            spoken += word + " "
            turn.stage = .streaming(answer, text: spoken)
            try await loop.sleep(for: pace / words.count)
        }
    }

    /// Ends a turn that has come to its end.
    /// - Returns: why a Stop hook wants it to go on.
    @discardableResult
    private func finish(_ turn: Turn, saying text: String) async -> String? {
        var fields = workFields
        fields["stop_hook_active"] = false
        fields["last_assistant_message"] = .string(text)
        let results = await fire("Stop", fields)
        if let reason = results.compactMap(\.reasonToContinue).first { return reason }
        // Claude Code says idle before the end of the turn is on disk.
        set(.idle)
        if !results.isEmpty { transcript.addStopHookSummary(results) }
        transcript.addTurnDuration(milliseconds: turn.milliseconds, backgroundAgents: backgroundAgents)
        transcript.noteLastPrompt(turn.lastPrompt)
        transcript.noteModes(permissionMode)
        return nil
    }

    private func runShell(_ command: String, in turn: Turn) async throws {
        if transcript.isNew { transcript.noteModes(permissionMode) }
        transcript.addLocal("<bash-input>\(command)</bash-input>", promptID: turn.promptID)
        let output = try await shell(command)
        transcript.addLocal(
            "<bash-stdout>\(output.stdout)</bash-stdout><bash-stderr>\(output.stderr)</bash-stderr>",
            promptID: turn.promptID)
        try await speak(.init([.text("ok: the command has run")]), in: turn)
        await finish(turn, saying: "ok: the command has run")
    }
}

extension Reply.Message {
    /// Its texts, as hooks report the last message.
    var spokenText: String {
        content.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
    }
}
