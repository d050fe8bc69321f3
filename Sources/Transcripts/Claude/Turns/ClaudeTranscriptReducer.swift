import JSON

/// Turns from a Claude Code transcript: fed with its entries in order, it says what they mean.
///
/// Where a version writes no `turn_duration` (older ones, and every turn that fails, is refused or is interrupted), a
/// turn ends with the entry that says so, with the next prompt, or with what the owner knows from elsewhere:
/// ``agentIsIdle()`` and ``agentIsGone()``. What each kind of turn leaves was observed on 2.1.329.
public struct ClaudeTranscriptReducer: Sendable {
    /// The open turn.
    public internal(set) var turn: TranscriptTurn?
    /// Turns that have ended, oldest first, as many as asked for.
    public private(set) var recentTurns: [TranscriptTurn] = []
    /// Agents still work in the background after the last turn, whose end another turn will tell.
    public private(set) var isWaitingForBackgroundAgents = false

    var queue = MessageQueue()
    var events: [TranscriptEvent] = []
    private let recentLimit: Int
    private let textLimit: Int

    /// - Parameters:
    ///   - recentLimit: how many ended turns are kept.
    ///   - textLimit: how many bytes of a turn's text blocks are kept; the last block always is, whole.
    public init(recentLimit: Int = 8, textLimit: Int = 64 << 10) {
        self.recentLimit = recentLimit
        self.textLimit = textLimit
    }

    /// Messages that were entered while a turn ran and have not reached the model.
    public var queuedMessages: [QueuedMessage] { queue.dequeued + queue.waiting }

    /// The question that keeps the open turn waiting.
    public var pendingQuestion: PendingQuestion? { turn?.pendingQuestion }

    /// Takes the next entry.
    public mutating func add(_ entry: ClaudeEntry) -> [TranscriptEvent] {
        // A sub-agent's conversation is not the session's; newer versions keep it in files of its own.
        guard !entry.isSidechain else { return [] }
        switch entry.type {
        case .user: addUser(entry)
        case .assistant: addAssistant(entry)
        case .system: addSystem(entry)
        case .attachment: addAttachment(entry)
        case .queueOperation: addQueueOperation(entry)
        case .progress, .bookkeeping: break
        }
        return takeEvents()
    }

    /// The agent is idle, for longer than it takes to write what it has done (0.3 s): an open turn has ended, and
    /// nothing is queued.
    public mutating func agentIsIdle() -> [TranscriptEvent] {
        if let turn { end(turn.endWhenIdle, at: nil) }
        for message in queue.drain() { events.append(.messageDropped(message, reason: .agentIdle)) }
        return takeEvents()
    }

    /// The agent's process has ended: an open turn will not go on, unless its last entry was an answer.
    public mutating func agentIsGone() -> [TranscriptEvent] {
        if let turn { end(turn.hasFinalAnswer ? .completed : .cutOff, at: nil) }
        isWaitingForBackgroundAgents = false
        for message in queue.drain() { events.append(.messageDropped(message, reason: .agentGone)) }
        return takeEvents()
    }

    private mutating func takeEvents() -> [TranscriptEvent] {
        defer { events = [] }
        return events
    }
}

// MARK: What happens to a turn

extension ClaudeTranscriptReducer {
    mutating func start(_ newTurn: TranscriptTurn) {
        // The program took another prompt, so it was idle in between.
        if let open = turn { end(open.endWhenIdle, at: newTurn.startedAt) }
        isWaitingForBackgroundAgents = false
        turn = newTurn
        events.append(.turnStarted(newTurn))
    }

    mutating func end(_ end: TurnEnd, at time: String?, duration: Duration? = nil, pendingBackgroundAgents: Int = 0) {
        guard var ended = turn else { return }
        turn = nil
        if let question = ended.pendingQuestion {
            ended.pendingQuestion = nil
            events.append(.questionSettled(question, .declined(""), turn: ended.id))
        }
        ended.end = end
        ended.endedAt = time
        ended.duration = duration
        ended.pendingBackgroundAgents = pendingBackgroundAgents
        isWaitingForBackgroundAgents = pendingBackgroundAgents > 0
        recentTurns.append(ended)
        if recentTurns.count > recentLimit { recentTurns.removeFirst() }
        events.append(.turnEnded(ended))
    }

    /// Adds a text block to the open turn, and drops the oldest when they are too many.
    mutating func append(text: String) {
        guard let id = turn?.id else { return }
        turn?.texts.append(text)
        var size = turn?.texts.reduce(0) { $0 + $1.utf8.count } ?? 0
        while size > textLimit, let count = turn?.texts.count, count > 1 {
            size -= turn?.texts.removeFirst().utf8.count ?? 0
            turn?.droppedTexts += 1
        }
        events.append(.assistantText(text, turn: id))
    }
}

extension TranscriptTurn {
    /// The model's last entry was an answer and not a step on the way to one.
    var hasFinalAnswer: Bool {
        endsWithAssistant && openToolCalls.isEmpty && (lastStopReason == "end_turn" || lastStopReason == "stop_sequence")
    }

    /// How a turn ended that nothing in the transcript ended, when the program waits for the next message.
    ///
    /// Versions that write no `turn_duration` write no stop reason either: there, a last entry of the assistant's
    /// without an open tool call is an answer.
    var endWhenIdle: TurnEnd {
        if let open = openToolCalls.last {
            return .interrupted(pendingQuestion?.toolUseID == open.id ? .question : .tool)
        }
        guard hasResponse else {
            switch source {
            case .command: return .completed
            case .bash: return commandOutput == nil ? .cancelled : .completed
            default: return .cancelled
            }
        }
        return endsWithAssistant ? .completed : .interrupted(.tool)
    }
}
