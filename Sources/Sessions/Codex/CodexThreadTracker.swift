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
    /// Turns that were taken for lost with their server. They may turn out to run on.
    private var lost: Set<String> = []
    private var lastEnd: (turn: String, end: AgentTurnEnd)?
    /// Messages of ours of which it is not known whether a turn has them, by what we called them.
    private var expected: [String: Int64] = [:]
    /// A turn whose first item will tell who began it.
    private var unattributed: String?
    /// What came while it could not be understood.
    private var held: [ThreadNotification] = []
    /// How many wait for something without which it cannot.
    private var holds = 0

    /// The goal goes on by itself: between two of its turns the thread is idle for a moment.
    var pursuesGoal: Bool { goal?.status == CodexGoal.Status.active && !isGoalStopped }

    /// Turns that an earlier supervisor knew of.
    mutating func expect(_ turns: some Sequence<String>, ended: Set<String>) {
        open.formUnion(turns)
        for id in ended { self.ended.insert(id) }
    }

    func isOpen(_ turn: String) -> Bool { running == turn || open.contains(turn) }

    /// Whether ``reconcile(_:)`` has to know what was said in a turn: who began it, or whether it has a message of ours.
    func needsItems(of turn: ThreadTurn) -> Bool {
        !isOver(turn.id) && (!expected.isEmpty || !open.contains(turn.id))
    }

    private func isOver(_ turn: String) -> Bool { ended.contains(turn) || lost.contains(turn) }

    // MARK: Starting a turn

    /// Until ``release()``, what comes of turns is kept back: it may be about a turn of ours whose id is not known yet,
    /// or newer than what is being read.
    mutating func hold() {
        holds += 1
    }

    mutating func release() -> [AgentEvent] {
        holds -= 1
        guard holds == 0 else { return [] }
        let waiting = held
        held = []
        return waiting.flatMap { take($0) }
    }

    /// A message that is about to be sent, or that an earlier supervisor may have sent.
    mutating func expect(_ clientID: String, turn: Int64) {
        expected[clientID] = turn
    }

    /// It has not arrived, and will not.
    mutating func forget(_ clientID: String) {
        expected[clientID] = nil
    }

    /// The server has answered, with the id of the turn that has our message.
    mutating func deliver(_ turn: Int64, in id: String) -> [AgentEvent] {
        expected = expected.filter { $0.value != turn }
        let delivered = AgentEvent.delivered(turn: turn, agentTurn: id, altered: false)
        // It may have ended before the answer came.
        if let lastEnd, lastEnd.turn == id { return [delivered, .turnEnded(agentTurn: id, lastEnd.end)] }
        if !ended.contains(id) {
            lost.remove(id)
            open.insert(id)
            running = id
            begin(id)
        }
        return [delivered]
    }

    /// A message of ours was found in this turn, although the server's answer was lost.
    mutating func find(_ turn: Int64, in found: ThreadTurn) -> [AgentEvent] {
        // Otherwise its item has told already.
        guard expected.values.contains(turn) else { return [] }
        guard found.status != .inProgress else { return deliver(turn, in: found.id) }
        expected = expected.filter { $0.value != turn }
        if running == found.id { running = nil }
        ended.insert(found.id)
        return [.delivered(turn: turn, agentTurn: found.id, altered: false)] + settle(found, isLive: false)
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
        if holds > 0, notification.belongsToTurn {
            held.append(notification)
            return []
        }
        switch notification {
        case .turnStarted(let turn):
            // Told late, after its end was found out.
            guard !ended.contains(turn.id) else { return [] }
            running = turn.id
            begin(turn.id)
            if !open.contains(turn.id) { unattributed = turn.id }
            return []
        case .turnCompleted(let turn):
            return attribute(turn.id, text: nil) + end(turn, isLive: true)
        case .itemStarted(let item, let turn):
            return recognize(item, in: turn) + attribute(turn, by: item)
        case .itemCompleted(let item, let turn):
            return recognize(item, in: turn) + attribute(turn, by: item) + said(item)
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
    private mutating func recognize(_ item: ThreadItem, in turn: String) -> [AgentEvent] {
        guard let id = item.clientID, let ours = expected.removeValue(forKey: id) else { return [] }
        open.insert(turn)
        begin(turn)
        return [.delivered(turn: ours, agentTurn: turn, altered: false)]
    }

    /// What Codex does before a message comes to its turn's beginning tells nothing of who began it.
    private static let preparations: Set<String> = ["contextCompaction", "hookPrompt"]

    private mutating func attribute(_ turn: String, by item: ThreadItem) -> [AgentEvent] {
        Self.preparations.contains(item.type) ? [] : attribute(turn, text: item.userText)
    }

    /// Tells of a turn that somebody else began, once it is known who: a goal's turns have no message.
    private mutating func attribute(_ turn: String, text: String?) -> [AgentEvent] {
        guard unattributed == turn else { return [] }
        unattributed = nil
        open.insert(turn)
        let origin: TurnOrigin = text == nil ? .agent : .terminal
        return [.turnStarted(AgentTurn(id: turn, origin: origin, text: text ?? goal?.objective ?? ""))]
    }

    private func said(_ item: ThreadItem) -> [AgentEvent] {
        if let text = item.agentText, !text.isEmpty { return [.said(LogMessage(role: .assistant, text: text))] }
        if let text = item.userText, !text.isEmpty { return [.said(LogMessage(role: .human, text: text))] }
        return []
    }

    /// - Parameter isLive: told as it happened; otherwise a turn without an end was cut off.
    private mutating func end(_ turn: ThreadTurn, isLive: Bool) -> [AgentEvent] {
        if running == turn.id { running = nil }
        return ended.insert(turn.id) ? settle(turn, isLive: isLive) : []
    }

    private mutating func settle(_ turn: ThreadTurn, isLive: Bool) -> [AgentEvent] {
        open.remove(turn.id)
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
        lastEnd = (turn.id, end)
        return [.turnEnded(agentTurn: turn.id, end), .idle]
    }

    // MARK: After a gap

    /// Takes up what became of turns while nothing was told.
    /// - Parameter turns: the thread's newest ones, as it is loaded now.
    mutating func reconcile(_ turns: [ThreadTurn]) -> [AgentEvent] {
        var events: [AgentEvent] = []
        running = nil
        // What is newer than a turn that is known has been begun since, by somebody else or by a goal.
        let known = turns.firstIndex { open.contains($0.id) || isOver($0.id) }
        let news = known ?? (open.isEmpty && !ended.isEmpty ? turns.count : 0)
        for turn in turns where turn.status == .inProgress && lost.remove(turn.id) != nil { open.insert(turn.id) }
        for (index, turn) in turns.enumerated().reversed() where !isOver(turn.id) {
            events += turn.items.flatMap { recognize($0, in: turn.id) }
            if turn.status == .inProgress {
                running = turn.id
                if !open.contains(turn.id) { events += discover(turn) }
            } else if open.contains(turn.id) {
                events += end(turn, isLive: false)
            } else if index < news || unattributed == turn.id {
                events += discover(turn) + attribute(turn.id, text: nil) + end(turn, isLive: false)
            }
        }
        let found = Set(turns.map(\.id))
        for id in open where !found.contains(id) { events += cutOff(id, "the Codex app-server ended, and does not know the turn any more") }
        return events
    }

    private mutating func discover(_ turn: ThreadTurn) -> [AgentEvent] {
        unattributed = turn.id
        return turn.items.flatMap { attribute(turn.id, by: $0) }
    }

    /// There is no server, and will be none for some time: what ran in it was cut off.
    mutating func lose(_ reason: String) -> [AgentEvent] {
        running = nil
        status = .notLoaded
        lost.formUnion(open)
        return open.sorted().flatMap { cutOff($0, reason) }
    }

    private mutating func cutOff(_ id: String, _ reason: String) -> [AgentEvent] {
        open.remove(id)
        if !lost.contains(id) { ended.insert(id) }
        let end = AgentTurnEnd(state: .cutOff, reason: reason)
        lastEnd = (id, end)
        return [.turnEnded(agentTurn: id, end)]
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
