import JSON
import Supervision

extension Session {
    static let endedTurnsKept = 32
    private static let writingBackoff = Backoff(initial: .seconds(1), maximum: .seconds(60))

    /// Takes up what the agent tells. Synchronous, so that everything happens in the order in which it was told.
    func handle(_ event: AgentEvent) {
        switch event {
        case .delivered(let id, let agentTurn, let altered):
            guard let turn = turn(id), !turn.state.isFinal else { return }
            change(id) {
                $0.state = pending.isEmpty ? .running : .waitingForInput
                $0.agentTurnID = agentTurn ?? $0.agentTurnID
                $0.altered = $0.altered || altered
                $0.deliveredAt = $0.deliveredAt ?? Timestamp.now()
                if agentTurn != nil { $0.startedAt = $0.startedAt ?? Timestamp.now() }
            }
            recordLater(id, turn.state == .running ? .turnStarted : .turnDelivered)
            deliverySettled(id)
        case .began(let agent):
            starting = agent
        case .turnStarted(let started):
            begin(started)
        case .turnInBackground(let agentTurn):
            inBackground.formUnion(openTurns.lazy.filter { $0.agentTurnID == agentTurn }.map(\.id))
        case .turnEnded(let agentTurn, let end):
            // Messages that the agent took into one turn end with it.
            hasOpened()
            for turn in openTurns where turn.agentTurnID == agentTurn {
                finish(turn.id, end.state, reason: end.reason)
            }
        case .commandEnded(let id, let end):
            finish(id, end.state, reason: end.reason)
        case .said(let message):
            log(message)
        case .inputNeeded(let request):
            pending.removeAll { $0.id == request.id }
            pending.append(request)
            if let turn = runningTurn, turn.state == .running { change(turn.id) { $0.state = .waitingForInput } }
            recordLater(runningTurn?.id, .inputNeeded, detail: ["request": .string(request.id), "kind": .string(request.kind.rawValue)])
        case .inputSettled(let request):
            guard pending.contains(where: { $0.id == request }) else { return }
            pending.removeAll { $0.id == request }
            hasOpened()
            if pending.isEmpty, let turn = runningTurn { change(turn.id) { $0.state = .running } }
            recordLater(runningTurn?.id, .inputSettled, detail: ["request": .string(request)])
        case .idle:
            hasOpened()
        case .conversationChanged(let conversation):
            spec.conversation = conversation
            recordLater(nil, .conversationChanged, detail: ["conversation": .string(conversation)])
            saveSpec()
        case .recordChanged(let fields):
            var record = spec.agentRecord.object ?? [:]
            for (key, value) in fields { record[key] = value }
            spec.agentRecord = .object(record)
            saveSpec()
        case .goalChanged(let goal):
            goalChanged(goal)
        case .stateChanged(let state):
            spec.agentState = state
            journal.saveLater(spec)
        case .exited(let exit):
            exited(exit)
        }
        callWaiters()
        deliverNext()
    }

    private func hasOpened() {
        openings += 1
        isHeldBack = false
    }

    /// A turn that a person at the terminal, another session or the agent itself began.
    private func begin(_ started: AgentTurn) {
        // After a restart the transcript may be read again from before turns that are known.
        guard !(openTurns + endedTurns).contains(where: { $0.agentTurnID == started.id }) else { return }
        let now = Timestamp.now()
        var turn = Turn(
            id: journal.allocateTurnID(), session: id, origin: started.origin, state: .running, text: started.text, createdAt: now)
        turn.agentTurnID = started.id
        turn.deliveredAt = now
        turn.startedAt = now
        // It runs now: what is queued here comes after it, whatever the order of their ids.
        let place = openTurns.firstIndex { $0.state == .queued || $0.state == .delivering } ?? openTurns.endIndex
        openTurns.insert(turn, at: place)
        newestTurn = openTurns.last
        recordLater(turn.id, .turnStarted)
    }

    /// - Parameter isKilled: then nobody tells any more what became of a message that is being delivered.
    func exited(_ exit: AgentExit, isKilled: Bool = false) {
        guard !isEnded else { return }
        let comesBack = isRestarting && !isKilled
        // One that is being started has ended before it took messages: whoever starts it is told.
        if comesBack, agent == nil { return exitBeforeReady = exit }
        let exit = AgentExit(stopReason ?? exit.reason, exit.kind)
        if !comesBack {
            spec.ended = exit.reason
            spec.exitKind = exit.kind
        }
        pending.removeAll()
        for turn in openTurns {
            switch turn.state {
            case .queued where comesBack: break
            case .queued: finish(turn.id, .undelivered, reason: exit.reason)
            // Whoever delivers it knows whether anything was submitted.
            case .delivering where isDelivering && !isKilled: break
            case .delivering: finish(turn.id, .undelivered, reason: "in doubt: \(exit.reason)")
            default: finish(turn.id, .cutOff, reason: exit.reason)
            }
        }
        recordLater(nil, .sessionExited, detail: ["reason": .string(exit.reason), "kind": .string(exit.kind.rawValue)])
        if comesBack { letGo() } else { endFollowers() }
        saveSpec()
    }

    /// Ends a turn, once.
    func finish(_ id: Int64, _ state: TurnState, reason: String?) {
        guard let turn = turn(id), !turn.state.isFinal else { return }
        change(id) {
            $0.state = state
            $0.reason = reason
            $0.endedAt = Timestamp.now()
        }
        recordLater(id, .turnEnded)
        // It was at work until now: age counts from here.
        spec.lastUsed = max(spec.lastUsed, Timestamp.now())
        journal.saveLater(spec)
        deliverySettled(id)
        callWaiters()
        if let index = openTurns.firstIndex(where: { $0.id == id }) {
            endedTurns.append(openTurns.remove(at: index))
            if endedTurns.count > Self.endedTurnsKept { endedTurns.removeFirst() }
        }
        prepared[id] = nil
        durable.remove(id)
        inBackground.remove(id)
        publish()
    }

    func change(_ id: Int64, _ body: (inout Turn) -> Void) {
        if let index = openTurns.firstIndex(where: { $0.id == id }) { body(&openTurns[index]) }
        if newestTurn?.id == id { body(&newestTurn!) }
    }

    // MARK: Journal

    /// Writes a turn and the event of its change, and returns when both are on disk.
    func record(_ id: Int64, _ kind: EventKind) async throws {
        guard let turn = turn(id) else { return }
        try await journal.record(turn, event: .init(kind, of: turn))
    }

    /// Writes without waiting: what is lost with a crash is found out anew from the agent's own record.
    func recordLater(_ turn: Int64?, _ kind: EventKind, detail: JSON.Object = [:]) {
        let turn = turn.flatMap { self.turn($0) }
        journal.recordLater(turn, event: JournalEvent(kind, session: id, turn: turn, detail: detail))
    }

    /// Writes as soon as the disk takes it.
    func recordEventually(_ id: Int64, _ kind: EventKind) {
        Task {
            var attempts = 0
            while true {
                do {
                    return try await record(id, kind)
                } catch let error as StorageError where error.code == .closed {
                    return
                } catch {
                    guard (try? await loop.sleep(for: Self.writingBackoff.pause(before: attempts))) != nil else { return }
                    attempts += 1
                }
            }
        }
    }

    func saveSpec() {
        journal.saveLater(spec)
        publish()
    }

    /// Lets the npm tool's file show the session as it is now.
    func publish() {
        if isPublished { changed(spec, newestTurn) }
    }
}
