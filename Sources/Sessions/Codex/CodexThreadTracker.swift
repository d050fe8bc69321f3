import CodexAppServer

/// What goes on in a thread, concluded from what the server tells of it: a pure value.
struct CodexThreadTracker: Sendable {
    /// The turn that runs, by Codex's id.
    private(set) var running: String?
    private(set) var status: CodexThreadStatus = .notLoaded
    private(set) var goal: CodexGoal?
    /// Why the last turn failed, until the next one begins.
    private(set) var failure: CodexTurnError?
    /// The goal is active, but its turn was stopped: Codex does not go on with it by itself.
    private(set) var isGoalStopped = false

    /// Turns that the session knows of and that have not ended.
    private(set) var open: Set<String> = []
    /// The last ones that have: they are told of again after a gap.
    private var ended = RecentIDs(limit: 1000)
    /// Messages of ours of which it is not known whether a turn has them, by what we called them.
    private var expected: [String: Int64] = [:]
    /// A turn whose first item will tell who began it.
    private var unattributed: String?
    /// What came while a turn of ours was being started: it may be about that one, whose id is not known yet.
    private var held: [ThreadNotification]?

    /// The goal goes on by itself: between two of its turns the thread is idle for a moment.
    var pursuesGoal: Bool { goal?.status == CodexGoal.Status.active && !isGoalStopped }

    /// Turns that an earlier supervisor knew of.
    mutating func expect(_ turns: some Sequence<String>, ended: Set<String>) {
        open.formUnion(turns)
        for id in ended { self.ended.insert(id) }
    }

    // MARK: Starting a turn

    mutating func hold() {
        held = held ?? []
    }

    /// A message that is about to be sent, or that an earlier supervisor may have sent.
    mutating func expect(_ clientID: String, turn: Int64) {
        expected[clientID] = turn
    }

    /// It has not arrived, and will not.
    mutating func forget(_ clientID: String) {
        expected[clientID] = nil
    }

    /// The server has answered, with the id of the turn that has our message, or refused.
    mutating func release(_ turn: Int64, startedAs id: String?) -> [AgentEvent] {
        var events: [AgentEvent] = []
        if let id {
            expected = expected.filter { $0.value != turn }
            events.append(.delivered(turn: turn, agentTurn: id, altered: false))
            if !ended.contains(id) {
                open.insert(id)
                running = id
                begin(id)
            }
        }
        let waiting = held ?? []
        held = nil
        return events + waiting.flatMap { take($0) }
    }

    /// Somebody has set the goal: if it is active, Codex begins a turn at once.
    mutating func begin(_ goal: CodexGoal) {
        self.goal = goal
        isGoalStopped = false
    }

    private mutating func begin(_ id: String) {
        failure = nil
        isGoalStopped = false
        if unattributed == id { unattributed = nil }
    }

    // MARK: Notifications

    mutating func take(_ notification: ThreadNotification) -> [AgentEvent] {
        if held != nil, notification.belongsToTurn {
            held?.append(notification)
            return []
        }
        switch notification {
        case .turnStarted(let turn):
            running = turn.id
            if !open.contains(turn.id), !ended.contains(turn.id) { unattributed = turn.id }
            failure = nil
            isGoalStopped = false
            return []
        case .turnCompleted(let turn):
            return attribute(turn.id, text: nil) + end(turn, isLive: true)
        case .itemStarted(let item, let turn):
            return recognize(item, in: turn) + attribute(turn, text: item.userText)
        case .itemCompleted(let item, let turn):
            return recognize(item, in: turn) + attribute(turn, text: item.userText) + said(item)
        case .statusChanged(let status):
            self.status = status
            return []
        case .goalUpdated(let goal):
            self.goal = goal
            return [.goalChanged(SessionGoal(goal))]
        case .goalCleared:
            guard goal != nil else { return [] }
            goal = nil
            return [.goalChanged(nil)]
        case .failing(let error, _, _):
            failure = error
            return []
        case .archived, .deleted, .closed, .requestResolved, .other:
            return []
        }
    }

    /// A message of ours that the server took without our hearing of it.
    private mutating func recognize(_ item: CodexItem, in turn: String) -> [AgentEvent] {
        guard let id = item.clientID, let ours = expected.removeValue(forKey: id) else { return [] }
        open.insert(turn)
        begin(turn)
        return [.delivered(turn: ours, agentTurn: turn, altered: false)]
    }

    /// Tells of a turn that somebody else began, once it is known who: a goal's turns have no message.
    private mutating func attribute(_ turn: String, text: String?) -> [AgentEvent] {
        guard unattributed == turn else { return [] }
        unattributed = nil
        open.insert(turn)
        let origin: TurnOrigin = text == nil ? .agent : .terminal
        return [.turnStarted(AgentTurn(id: turn, origin: origin, text: text ?? goal?.objective ?? ""))]
    }

    private func said(_ item: CodexItem) -> [AgentEvent] {
        if let text = item.agentText, !text.isEmpty { return [.said(LogMessage(role: .assistant, text: text))] }
        if let text = item.userText, !text.isEmpty { return [.said(LogMessage(role: .human, text: text))] }
        return []
    }

    /// - Parameter isLive: told as it happened; otherwise a turn without an end was cut off.
    private mutating func end(_ turn: CodexTurn, isLive: Bool) -> [AgentEvent] {
        guard ended.insert(turn.id) else { return [] }
        open.remove(turn.id)
        if running == turn.id { running = nil }
        let end: AgentTurnEnd
        switch turn.status {
        case .completed: end = AgentTurnEnd(state: .completed, reason: nil)
        case .failed:
            failure = turn.error ?? failure
            end = AgentTurnEnd(state: .failed, reason: failure?.message)
        case .interrupted where isLive || turn.completedAt != nil:
            isGoalStopped = true
            end = AgentTurnEnd(state: .interrupted, reason: nil)
        default:
            isGoalStopped = true
            end = AgentTurnEnd(state: .cutOff, reason: "the Codex app-server ended during the turn")
        }
        return [.turnEnded(agentTurn: turn.id, end), .idle]
    }

    // MARK: After a gap

    /// Takes up what became of turns while nothing was told.
    /// - Parameter turns: the thread's newest ones, as it is loaded now.
    mutating func reconcile(_ turns: [CodexTurn]) -> [AgentEvent] {
        var events: [AgentEvent] = []
        running = nil
        for turn in turns.reversed() where !ended.contains(turn.id) {
            events += turn.items.flatMap { recognize($0, in: turn.id) }
            if turn.status == .inProgress {
                running = turn.id
                guard !open.contains(turn.id) else { continue }
                unattributed = turn.id
                events += attribute(turn.id, text: turn.items.lazy.compactMap(\.userText).first)
            } else if open.contains(turn.id) {
                events += end(turn, isLive: false)
            }
        }
        let found = Set(turns.map(\.id))
        for id in open where !found.contains(id) { events += cutOff(id, "the Codex app-server ended, and does not know the turn any more") }
        return events
    }

    /// There is no server, and will be none for some time: what ran in it was cut off.
    mutating func lose(_ reason: String) -> [AgentEvent] {
        running = nil
        status = .notLoaded
        return open.sorted().flatMap { cutOff($0, reason) }
    }

    private mutating func cutOff(_ id: String, _ reason: String) -> [AgentEvent] {
        open.remove(id)
        ended.insert(id)
        return [.turnEnded(agentTurn: id, AgentTurnEnd(state: .cutOff, reason: reason))]
    }
}

extension ThreadNotification {
    fileprivate var belongsToTurn: Bool {
        switch self {
        case .turnStarted, .turnCompleted, .itemStarted, .itemCompleted, .failing: true
        default: false
        }
    }
}
