import Transcripts

/// Tells which of the agent's turns are ours: pure, fed with hooks and with what the transcript says.
///
/// A message that we typed is *expected* until a turn that contains it begins. A turn that nobody expected is
/// somebody else's. A turn whose background agents still work goes on until they have reported.
struct ClaudeTurnTracker: Sendable {
    struct Expected: Sendable {
        let turn: Int64
        let message: PreparedMessage
        /// The agent is known to have it.
        var isConfirmed = false
        /// `prompt_id`, once a hook told it.
        var promptID: String?
    }

    private(set) var expected: [Expected] = []
    /// Turns that ended but for their background agents.
    private var suspended: [String] = []
    /// Turns that go on under another's name: a background agent's report continues the turn that started it.
    private var continues: [String: String] = [:]

    mutating func expect(_ message: PreparedMessage, turn: Int64, isConfirmed: Bool = false) {
        expected.append(Expected(turn: turn, message: message, isConfirmed: isConfirmed))
    }

    mutating func forget(turn: Int64) {
        expected.removeAll { $0.turn == turn }
    }

    var hasSuspendedTurns: Bool { !suspended.isEmpty }

    // MARK: Hooks

    /// - Parameter running: the turn that the transcript shows as open; a message submitted meanwhile waits in the agent, and the hook then names the running turn.
    mutating func submitted(_ prompt: String, promptID: String?, running: String?) -> [AgentEvent] {
        guard let index = indexOfExpected(matching: prompt) else { return [] }
        let isSame = ClaudeMessage.isSame(prompt, as: expected[index].message.text)
        expected[index].isConfirmed = true
        let agentTurn = promptID == running ? nil : promptID
        expected[index].promptID = agentTurn
        return [.delivered(turn: expected[index].turn, agentTurn: agentTurn, altered: !isSame)]
    }

    // MARK: Transcript

    mutating func apply(_ event: ClaudeTranscriptReducer.Event) -> [AgentEvent] {
        switch event {
        case .turnStarted(let turn):
            return begin(turn)
        case .messageQueued(let text):
            return submitted(text, promptID: nil, running: nil)
        case .messageAbsorbed(let text, let turn):
            guard let index = indexOfExpected(matching: text) else { return [] }
            let found = expected.remove(at: index)
            return [.delivered(turn: found.turn, agentTurn: name(turn.id), altered: !ClaudeMessage.isSame(text, as: found.message.text))]
        case .turnEnded(let turn, let end):
            return finish(turn, end)
        case .commandOutcome(let command):
            return endCommand(named: command.name, failure: nil)
        case .unknownCommand(let name):
            return endCommand(named: name, failure: "Unknown command: /\(name)")
        default:
            return []
        }
    }

    private mutating func begin(_ turn: TranscriptTurn) -> [AgentEvent] {
        var events: [AgentEvent] = []
        for message in turn.messages {
            guard let index = expected.firstIndex(where: { $0.promptID != nil && $0.promptID == message.promptID })
                    ?? indexOfExpected(matching: message.text)
            else { continue }
            let found = expected.remove(at: index)
            events.append(.delivered(
                turn: found.turn, agentTurn: turn.id, altered: !ClaudeMessage.isSame(message.text, as: found.message.text)))
        }
        if !events.isEmpty { return events }
        if turn.source == .backgroundAgent, let parent = suspended.last {
            continues[turn.id] = parent
            return []
        }
        return [.turnStarted(AgentTurn(id: turn.id, origin: turn.source.origin, text: turn.text))]
    }

    private mutating func finish(_ turn: TranscriptTurn, _ end: TranscriptTurn.End) -> [AgentEvent] {
        let name = name(turn.id)
        continues[turn.id] = nil
        if turn.isWaitingForBackgroundAgents {
            if !suspended.contains(name) { suspended.append(name) }
            return []
        }
        let names = suspended.filter { $0 != name } + [name]
        suspended.removeAll()
        return names.map { .turnEnded(agentTurn: $0, AgentTurnEnd(end)) }
    }

    /// The turns that waited for background agents and will wait no longer.
    mutating func endSuspended(_ end: AgentTurnEnd) -> [AgentEvent] {
        defer { suspended.removeAll() }
        return suspended.map { .turnEnded(agentTurn: $0, end) }
    }

    private func name(_ turn: String) -> String { continues[turn] ?? turn }

    // MARK: Commands

    /// A command of Claude's own that we sent has had its effect, or has failed.
    mutating func endCommand(named name: String, failure: String?) -> [AgentEvent] {
        guard let index = expected.firstIndex(where: { $0.message.command == name }) else { return [] }
        let found = expected.remove(at: index)
        let end = failure.map { AgentTurnEnd(state: .failed, reason: $0) } ?? AgentTurnEnd(state: .completed, reason: nil)
        return [
            .delivered(turn: found.turn, agentTurn: nil, altered: false),
            .commandEnded(turn: found.turn, end),
        ]
    }

    var expectedCommand: String? { expected.lazy.compactMap(\.message.command).first }

    private func indexOfExpected(matching text: String) -> Int? {
        expected.firstIndex { ClaudeMessage.isSame(text, as: $0.message.text) }
            ?? expected.firstIndex { !$0.isConfirmed && ClaudeMessage.contains(text, $0.message.text) }
    }
}
