import EventLoop
import JSON
import Logging

/// One agent's session: its turns in order, what it waits for, and who waits for it.
///
/// It owns the order of delivery (one message at a time, each only when the agent is idle) and the states of turns.
/// How an agent is talked to, and how its doings are found out, is its ``Agent``'s matter.
public actor Session {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated let id: String

    let backend: any AgentBackend
    let journal: Journal
    let logger: Logger
    /// Told after every change that the npm tool's file shows.
    let changed: @Sendable (SessionSpec, Turn?) -> Void

    public internal(set) var spec: SessionSpec
    var agent: (any Agent)?
    /// The agent before it takes messages.
    var starting: (any Agent)?
    /// The agent is being replaced by another one, which goes on where it was.
    var isRestarting = false
    /// Why the agent is being stopped, while it is.
    var stopReason: String?
    /// How the agent ended that is being started in another's place.
    var exitBeforeReady: AgentExit?
    /// How many agents the session has had before this one.
    var life = 0

    /// Turns that have not ended, oldest first; at most one of them is with the agent.
    var openTurns: [Turn] = []
    /// The newest turn of any origin, ended or not.
    var newestTurn: Turn?
    var pending: [PendingInput] = []
    var waiters = TurnWaiters()
    var followers: [LogFollower] = []
    /// Messages of open turns as they will be typed.
    var prepared: [Int64: PreparedMessage] = [:]
    /// Turns that wait for background agents only.
    var inBackground: Set<Int64> = []
    var isDelivering = false
    /// The supervisor ends: what is not known yet of a delivery is for the next one to find out.
    var isReleased = false
    /// The agent did not take the last message now; it tells when that may be different.
    var isHeldBack = false
    /// How often the agent has told that it may take a message now.
    var openings = 0
    var deliveryWaiters: [(turn: Int64, settled: Expectation)] = []
    /// As the agent told last; nil when it has told nothing.
    var goal: SessionGoal??
    /// How often it has.
    var goalChanges = 0
    var goalWaiters: [Expectation] = []
    /// How often something has happened that those may wait for.
    var goalNews = 0
    /// The last few turns that have ended, for those who still look for one.
    var endedTurns: [Turn] = []
    /// Whether others may see the session: not while it is being made.
    var isPublished = false

    public init(
        loop: EventLoop, spec: SessionSpec, backend: any AgentBackend, journal: Journal, logger: Logger,
        changed: @escaping @Sendable (SessionSpec, Turn?) -> Void
    ) {
        self.loop = loop
        self.spec = spec
        id = spec.id
        self.backend = backend
        self.journal = journal
        self.logger = logger
        self.changed = changed
    }

    /// Gives the session its agent, once that takes messages, and delivers what waits.
    public func attach(_ agent: any Agent) {
        self.agent = agent
        starting = nil
        deliverNext()
    }

    /// Takes up what an earlier supervisor knew.
    /// - Parameter ended: the last turns that were over, oldest first.
    func restore(open: [Turn], ended: [Turn]) {
        openTurns = open
        endedTurns = ended
        newestTurn = (open + ended).max { $0.id < $1.id }
        isPublished = true
    }

    var isEnded: Bool { spec.ended != nil }

    /// Takes what the present agent tells, and nothing that an earlier one still has to say.
    nonisolated func eventHandler() -> AgentEventHandler {
        let life = assumeIsolated { $0.life }
        return { [self] event in
            assumeIsolated { session in
                if session.life == life { session.handle(event) }
            }
        }
    }

    /// The agent ended by itself, and the session is kept for its conversation.
    var isKept: Bool { isEnded && spec.exitKind != .deliberate }

    /// The turn that the agent works on.
    var runningTurn: Turn? {
        openTurns.first { ($0.state == .running || $0.state == .waitingForInput) && !inBackground.contains($0.id) }
    }

    // MARK: Sending

    /// Takes a message: returns when the agent has it, or, if the agent is busy, when it is durably queued.
    /// - Throws: ``SessionError``; the message is then not delivered, except that `.notDelivered` says when that is in doubt.
    public func send(_ text: String, literal: Bool, queue: Bool, steer: Bool = false, origin: TurnOrigin) async throws(SessionError) -> (turn: Turn, normalizations: [String]) {
        guard agent != nil || isRestarting, !isEnded else { throw exitedError }
        if steer, let agent, !(agent is any SteerableAgent) {
            throw SessionError(.invalid, "Steering is only supported for codex sessions; \(id) is a \(spec.agent) session")
        }
        let message = try backend.prepare(text, literal: literal)
        if let request = pending.first, !queue {
            throw SessionError(.inputNeeded, """
                \(id) waits for input, so the message was not sent:
                \(request.summary)
                Answer it with `dev-sessions \(request.answerable ? "respond" : "attach") \(id)`, or send with --queue to deliver afterwards.
                """)
        }
        let turn = Turn(
            id: journal.allocateTurnID(), session: id, origin: origin, state: .queued, text: text, literal: literal,
            createdAt: Timestamp.now())
        let isBusy = openTurns.contains { !inBackground.contains($0.id) }
        prepared[turn.id] = message
        openTurns.append(turn)
        do {
            try await journal.record(turn, event: .init(.turnQueued, of: turn))
        } catch {
            openTurns.removeAll { $0.id == turn.id }
            prepared[turn.id] = nil
            if newestTurn?.id == turn.id { newestTurn = openTurns.last ?? endedTurns.last }
            throw SessionError(.storage, "The message to \(id) could not be written to the journal, so it was not sent: \(error)")
        }
        // The agent may have ended meanwhile, and the turn with it.
        let written = self.turn(turn.id) ?? turn
        newestTurn = newestTurn.map { $0.id > turn.id ? $0 : written } ?? written
        if written.state.isFinal { throw undelivered(written) }
        spec.lastUsed = turn.createdAt
        publish()
        let steers = steer && runningTurn != nil
        // Only now may it be typed; one that steers does not wait for its turn.
        durable.insert(turn.id)
        if steers { await self.steer(turn.id) } else { deliverNext() }
        if isBusy, !steers { return (turn, message.normalizations) }
        let settled = await delivered(turn)
        switch settled.state {
        case .undelivered:
            throw undelivered(settled)
        case .delivering:
            throw SessionError(.notDelivered, "The agent of \(id) has not confirmed the message yet. It is turn \(turn.id); `dev-sessions status \(id) --json` tells what becomes of it.")
        case .failed where settled.deliveredAt == nil, .cutOff where settled.deliveredAt == nil:
            throw SessionError(.notDelivered, settled.reason ?? "The message was not delivered to \(id).")
        default:
            return (settled, message.normalizations)
        }
    }

    private func undelivered(_ turn: Turn) -> SessionError {
        SessionError(.notDelivered, "The message was not delivered to \(id): \(turn.reason ?? "unknown reason")")
    }

    /// Turns whose rows are on disk: only these may be typed.
    var durable: Set<Int64> = []

    var exitedError: SessionError {
        SessionError(.exited, "The agent of \(id) is gone: \(spec.ended ?? "it has not started"). `dev-sessions logs \(id)` still shows the conversation.")
    }

    // MARK: Reports

    public func status() async -> SessionStatus {
        let report = await agent?.report()
        let state: SessionState =
            if isEnded {
                .exited
            } else if isRestarting {
                .restarting
            } else if !pending.isEmpty {
                .waitingForInput
            } else if !openTurns.isEmpty {
                .working
            } else {
                report?.state ?? .idle
            }
        return SessionStatus(
            id: id, state: state, source: report?.source ?? .process, agent: spec.agent,
            agentVersion: report?.version, processID: isEnded ? nil : report?.processID, hooks: report?.hooks ?? false,
            transcript: report?.transcript, turn: newestTurn.map(TurnReport.init), queued: openTurns.count { $0.state == .queued },
            pending: pending, parent: spec.parent, problem: isEnded || state == .working ? nil : report?.problem)
    }

    public func pendingInput() -> [PendingInput] { pending }

    public func turn(_ id: Int64) -> Turn? {
        openTurns.first { $0.id == id } ?? (newestTurn?.id == id ? newestTurn : nil) ?? endedTurns.first { $0.id == id }
    }
}
