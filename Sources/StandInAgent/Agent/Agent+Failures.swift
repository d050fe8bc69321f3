import EventLoop
import JSON

/// The ends of a turn that are none: failures, refusals, interruptions, deaths.
extension Agent {
    func fail(_ turn: Turn, status: Int) async {
        let kind =
            switch status {
            case 400: "invalid_request"
            case 401, 403: "authentication_failed"
            case 429: "rate_limit"
            case 529: "overloaded"
            default: "server_error"
            }
        let text = "API Error: \(status) scripted error \(status)"
        transcript.addSynthetic(
            text,
            error: [
                "error": .string(kind), "isApiErrorMessage": true, "apiErrorStatus": JSON(status),
                "apiErrorType": status == 529 ? "overloaded_error" : "api_error", "madeBy": "model",
            ])
        screen.say(text)
        _ = await fire(
            "StopFailure",
            ["effort": ["level": "medium"], "error": .string(kind), "last_assistant_message": .string(text)])
    }

    func refuse(_ turn: Turn) async {
        transcript.addInformation("The model's safeguards stopped the response above", level: "notice")
        transcript.addMetaPrompt("Your response above was stopped by a safety classifier.", promptID: turn.promptID)
        transcript.addRefusal()
        let text = "API Error: the model's safeguards flagged this message"
        transcript.addSynthetic(
            text, stop: "refusal",
            error: ["error": "invalid_request", "isApiErrorMessage": true, "apiErrorType": "refusal"])
        screen.say(text)
        _ = await fire(
            "StopFailure",
            ["effort": ["level": "medium"], "error": "invalid_request", "last_assistant_message": .string(text)])
    }

    /// Escape: stops the turn wherever it is. No hook hears of it.
    func interrupt() {
        turn?.task?.cancel()
        dialog?.end(.rejected)
    }

    func recordInterruption(of turn: Turn) {
        guard phase != .ending else { return }
        switch turn.stage {
        case .streaming(let answer, let text):
            transcript.add(["type": "text", "text": .string(text)], at: 0, of: answer, isAborted: true)
            transcript.addInterruption(promptID: turn.promptID, inTool: false, message: answer.identifier)
        case .inTool(let call):
            transcript.addInterruption(promptID: turn.promptID, inTool: true, message: call.message)
        case .inDialog:
            transcript.addInterruption(promptID: turn.promptID, inTool: true, message: nil)
        case .beforeAnswer where turn.isAnswered:
            transcript.addInterruption(promptID: turn.promptID, inTool: false, message: nil)
        case .beforeAnswer:
            // Before the first word the message goes back into the input box, and nothing is recorded.
            if case .prompts(let texts, _) = turn.work { box.restore(texts.joined(separator: "\n")) }
            return
        }
        transcript.noteLastPrompt(turn.lastPrompt)
    }

    /// What an earlier process left open is closed when the next message comes.
    func closeUnfinished() {
        guard let unfinished = transcript.unfinished else { return }
        transcript.unfinished = nil
        for (identifier, entry) in unfinished.calls {
            let call = ToolCall(identifier: identifier, name: "", input: [:], entry: entry, message: "")
            transcript.addToolResult(.lost, of: call, promptID: unfinished.promptID)
        }
        transcript.addSynthetic("No response requested.")
    }

    /// Ends this program as a crash would: what is not written is lost, the status file stays.
    func die(_ status: Int32) -> Never {
        if status < 0 { try? System.kill(System.processID, -status) }
        Program.end(status)
    }

    /// Gives the terminal up and stays.
    func hangUp() async {
        transcript.flush()
        isDeaf = true
        Terminal.hangUp()
        await withCheckedContinuation { (_: CheckedContinuation<Void, Never>) in }
    }
}
