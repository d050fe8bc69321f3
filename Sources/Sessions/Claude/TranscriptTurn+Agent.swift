import Transcripts

extension AgentTurnEnd {
    /// A turn's end as the transcript tells it, in a session's words.
    init(_ end: TurnEnd) {
        switch end {
        case .completed:
            self.init(state: .completed, reason: nil)
        case .failed(let failure):
            self.init(state: .failed, reason: failure.message)
        case .refused(let words):
            self.init(state: .failed, reason: words)
        case .interrupted(let interruption):
            let what = switch interruption {
            case .streaming: "while it answered"
            case .tool: "while a tool ran"
            case .permission: "at a permission prompt"
            case .question: "at a question"
            }
            self.init(state: .interrupted, reason: "interrupted \(what)")
        case .cancelled:
            self.init(state: .cancelled, reason: "interrupted before the agent answered")
        case .cutOff:
            self.init(state: .cutOff, reason: "the agent ended before the turn did")
        }
    }
}

extension TurnOrigin {
    /// Who began a turn that we did not send.
    init(_ turn: TranscriptTurn) {
        self = switch turn.messages.first?.origin {
        case .taskNotification: .agent
        case .other(let name): .session(name)
        case .human, nil: .terminal
        }
    }
}

extension TranscriptEvent {
    /// What it adds to the conversation, as `logs` shows it.
    var said: [LogMessage] {
        switch self {
        case .turnStarted(let turn): turn.messages.map { LogMessage(role: .human, text: $0.text) }
        case .messageMerged(let message, _), .messageAbsorbed(let message, _): [LogMessage(role: .human, text: message.text)]
        case .assistantText(let text, _): [LogMessage(role: .assistant, text: text)]
        default: []
        }
    }
}
