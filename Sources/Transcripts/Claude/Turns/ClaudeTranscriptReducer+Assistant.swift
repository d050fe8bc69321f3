extension ClaudeTranscriptReducer {
    mutating func addAssistant(_ entry: ClaudeEntry) {
        if entry.isSyntheticFiller {
            // "No response requested.": a resumed program closes what the one before it left open.
            if turn != nil { end(.cutOff, at: entry.timestamp) }
            return
        }
        guard let message = entry.message else { return }
        if turn == nil {
            start(TranscriptTurn(id: entry.uuid ?? "", source: .continued, startedAt: entry.timestamp, messages: []))
        }
        turn?.hasResponse = true
        turn?.endsWithAssistant = true
        turn?.lastStopReason = message.stopReason
        if entry.isAPIErrorMessage {
            return end(entry.failure(message), at: entry.timestamp)
        }
        for block in message.content {
            switch block {
            case .text(let text) where !text.isEmpty: append(text: text)
            case .toolUse(let call): open(call)
            case .text, .thinking, .toolResult, .other: break
            }
        }
    }

    private mutating func open(_ call: ClaudeContentBlock.ToolUse) {
        guard let id = turn?.id else { return }
        turn?.openToolCalls.append(TranscriptTurn.ToolCall(id: call.id, name: call.name))
        if let question = PendingQuestion(call) {
            turn?.pendingQuestion = question
            events.append(.questionAsked(question, turn: id))
        }
    }
}

extension ClaudeEntry {
    fileprivate func failure(_ message: ClaudeMessage) -> TurnEnd {
        if message.stopReason == "refusal" { return .refused(message.text) }
        return .failed(TurnEnd.Failure(message: message.text, status: apiErrorStatus, kind: apiErrorType ?? error))
    }
}
