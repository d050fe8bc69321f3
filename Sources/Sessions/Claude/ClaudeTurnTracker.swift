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
        /// When it was typed, in milliseconds since 1970. An entry of before is an earlier command's of the same name:
        /// on a loaded machine the transcript is written half a second after a dialog was closed.
        let typedAt: Int64
        /// Why a command has failed, whatever the transcript will still say of it.
        var failure: String?
    }

    private(set) var expected: [Expected] = []
    /// Turns that ended but for their background agents.
    private var suspended: [String] = []
    /// How many background agents worked at the end of the last turn.
    private var backgroundAgents = 0
    /// By which name the open turns are told: Claude's `prompt_id`; or another turn's name, if this one continues it
    /// with a background agent's report.
    private var names: [String: String] = [:]

    /// Commands that have failed and of which the transcript may still tell.
    private var failedCommands: [String] = []

    /// Turns whose end has been told, by an earlier supervisor: the transcript may tell of them again.
    private var ignored: Set<String> = []

    mutating func expect(
        _ message: PreparedMessage, turn: Int64, typedAt: Int64 = 0, isConfirmed: Bool = false, promptID: String? = nil
    ) {
        expected.append(Expected(
            turn: turn, message: message, isConfirmed: isConfirmed, promptID: promptID, typedAt: typedAt))
    }

    mutating func ignore(_ turns: Set<String>) {
        ignored = turns
    }

    mutating func forget(turn: Int64) {
        expected.removeAll { $0.turn == turn }
    }

    /// Whether nothing has told yet that the agent has this turn's message.
    func isUnconfirmed(turn: Int64) -> Bool {
        expected.contains { $0.turn == turn && !$0.isConfirmed }
    }

    /// Whether the agent has a message of ours that no turn shows yet.
    var hasUnstartedTurns: Bool {
        expected.contains { $0.isConfirmed }
    }

    /// Messages that the agent has and will not work on, because it was stopped before it began.
    mutating func cancelUnstarted() -> [AgentEvent] {
        let cancelled = expected.filter(\.isConfirmed)
        expected.removeAll { $0.isConfirmed }
        return cancelled.map {
            .commandEnded(turn: $0.turn, AgentTurnEnd(state: .cancelled, reason: "interrupted before the agent answered"))
        }
    }

    var hasSuspendedTurns: Bool { !suspended.isEmpty }

    // MARK: Hooks

    /// - Parameter running: the turn that the transcript shows as open; a message submitted meanwhile waits in the agent, and the hook then names the running turn.
    mutating func submitted(_ prompt: String, promptID: String?, running: String?) -> [AgentEvent] {
        if let promptID, ignored.contains(promptID) { return [] }
        guard let index = indexOfExpected(promptID) ?? indexOfExpected(matching: prompt, named: promptID) else { return [] }
        let isSame = ClaudePrompt.isSame(prompt, as: expected[index].message.text)
        expected[index].isConfirmed = true
        let agentTurn = promptID == running ? nil : promptID
        expected[index].promptID = agentTurn
        return [.delivered(turn: expected[index].turn, agentTurn: agentTurn, altered: !isSame)]
    }

    // MARK: Transcript

    mutating func apply(_ event: TranscriptEvent) -> [AgentEvent] {
        switch event {
        case .turnStarted(let turn):
            begin(turn)
        case .messageQueued(let message):
            submitted(message.text, promptID: nil, running: nil)
        case .messageMerged(let message, let turn), .messageAbsorbed(let message, .some(let turn)):
            take(message, into: turn)
        case .messageDropped(let message, _):
            drop(message.text)
        case .turnEnded(let turn):
            finish(turn)
        // What a known command printed ends its turn, and is told by that.
        case .commandOutcome(let outcome) where outcome.status == .unknown:
            endCommand(named: String(outcome.name.drop { $0 == "/" }), failure: outcome.output)
        case .conversationCleared:
            endCommand(named: "clear", failure: nil)
        default:
            []
        }
    }

    private mutating func begin(_ turn: TranscriptTurn) -> [AgentEvent] {
        let name = turn.promptID ?? turn.id
        names[turn.id] = name
        if ignored.contains(name) { return [] }
        if case .command(let command) = turn.source {
            let taken = takeCommand(String(command.drop { $0 == "/" }), turn)
            if let taken { return taken }
        }
        let ours = turn.messages.flatMap { take($0, into: turn.id) }
        if !ours.isEmpty { return ours }
        if turn.source == .taskNotification, let parent = suspended.last {
            names[turn.id] = parent
            return []
        }
        // It only heads the new conversation; that the old one was left has been told.
        if turn.source == .command("/clear") { return [] }
        return [.turnStarted(AgentTurn(id: name, origin: TurnOrigin(turn), text: turn.text))]
    }

    private mutating func take(_ message: TranscriptTurn.Message, into turn: String) -> [AgentEvent] {
        if let name = names[turn], ignored.contains(name) { return [] }
        guard let index = indexOfExpected(message.promptID) ?? indexOfExpected(matching: message.text, named: message.promptID) else {
            return []
        }
        let found = expected.remove(at: index)
        return [.delivered(
            turn: found.turn, agentTurn: names[turn] ?? turn,
            altered: !ClaudePrompt.isSame(message.text, as: found.message.text))]
    }

    /// A message that waited in the agent went away without reaching the model.
    private mutating func drop(_ text: String) -> [AgentEvent] {
        guard let index = expected.firstIndex(where: { $0.isConfirmed && ClaudePrompt.isSame(text, as: $0.message.text) }) else {
            return []
        }
        let end = AgentTurnEnd(state: .cancelled, reason: "Claude Code dropped the message from its queue")
        return [.commandEnded(turn: expected.remove(at: index).turn, end)]
    }

    private mutating func finish(_ turn: TranscriptTurn) -> [AgentEvent] {
        let name = names.removeValue(forKey: turn.id) ?? turn.promptID ?? turn.id
        let before = backgroundAgents
        backgroundAgents = turn.pendingBackgroundAgents
        // Agents that this turn started, or whose report it took up, are its own to wait for.
        if backgroundAgents > before || (backgroundAgents > 0 && suspended.contains(name)) {
            if !suspended.contains(name) { suspended.append(name) }
            return [.turnInBackground(agentTurn: name)]
        }
        let end = AgentTurnEnd(turn.end ?? .completed)
        guard backgroundAgents == 0 else { return [.turnEnded(agentTurn: name, end)] }
        let ended = suspended.filter { $0 != name } + [name]
        suspended.removeAll()
        return ended.map { .turnEnded(agentTurn: $0, end) }
    }

    /// The turns that waited for background agents and will wait no longer.
    mutating func endSuspended(_ end: AgentTurnEnd) -> [AgentEvent] {
        defer { suspended.removeAll() }
        return suspended.map { .turnEnded(agentTurn: $0, end) }
    }

    // MARK: Commands

    /// A command of Claude's own that we sent has had its effect, or has failed.
    mutating func endCommand(named name: String, failure: String?) -> [AgentEvent] {
        guard let index = expected.firstIndex(where: { $0.message.command == name }) else { return [] }
        let found = expected.remove(at: index)
        if let failure = failure ?? found.failure { return [.commandEnded(turn: found.turn, AgentTurnEnd(state: .failed, reason: failure))] }
        return [
            .delivered(turn: found.turn, agentTurn: nil, altered: false),
            .commandEnded(turn: found.turn, AgentTurnEnd(state: .completed, reason: nil)),
        ]
    }

    /// The command will fail, however it ends: nobody can use what it shows.
    mutating func fail(command name: String, reason: String) {
        guard let index = expected.firstIndex(where: { $0.message.command == name }) else { return }
        expected[index].failure = reason
    }

    mutating func endFailedCommands() -> [AgentEvent] {
        let failed = expected.filter { $0.failure != nil }
        expected.removeAll { $0.failure != nil }
        failedCommands += failed.compactMap(\.message.command)
        return failed.map { .commandEnded(turn: $0.turn, AgentTurnEnd(state: .failed, reason: $0.failure)) }
    }

    /// - Returns: nil when the command is none that we sent.
    private mutating func takeCommand(_ name: String, _ turn: TranscriptTurn) -> [AgentEvent]? {
        let began = turn.startedAt.flatMap(Timestamp.milliseconds(iso8601:)) ?? .max
        if let index = expected.firstIndex(where: { $0.message.command == name && $0.typedAt <= began }) {
            let found = expected.remove(at: index)
            if let failure = found.failure { return [.commandEnded(turn: found.turn, AgentTurnEnd(state: .failed, reason: failure))] }
            return [.delivered(turn: found.turn, agentTurn: names[turn.id], altered: false)]
        }
        guard let index = failedCommands.firstIndex(of: name) else { return nil }
        failedCommands.remove(at: index)
        return []
    }

    var expectedCommand: String? { expected.lazy.compactMap(\.message.command).first }

    private func indexOfExpected(_ promptID: String?) -> Int? {
        promptID.flatMap { promptID in expected.firstIndex { $0.promptID == promptID } }
    }

    /// Of two equal messages, the one that is known by another name is not meant.
    private func indexOfExpected(matching text: String, named promptID: String?) -> Int? {
        func mayBe(_ expected: Expected) -> Bool {
            expected.promptID == nil || promptID == nil || expected.promptID == promptID
        }
        return expected.firstIndex { mayBe($0) && ClaudePrompt.isSame(text, as: $0.message.text) }
            ?? expected.firstIndex { mayBe($0) && !$0.isConfirmed && ClaudePrompt.contains(text, $0.message.text) }
    }
}
