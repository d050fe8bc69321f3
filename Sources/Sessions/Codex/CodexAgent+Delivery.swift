import CodexAppServer
import Transcripts

extension CodexAgent: SteerableAgent {
    /// By what a message is found again after a crash.
    func clientID(_ turn: Int64) -> String { "dev-sessions-\(session)-\(turn)" }

    func deliver(_ message: PreparedMessage, turn: Int64) async throws(DeliveryFailure) {
        try await loadForDelivery()
        // Codex would add it to the running turn.
        if tracker.running != nil { throw .busy("a turn runs") }
        if !requests.isEmpty { throw .busy("it waits for input") }
        tracker.hold()
        tracker.expect(clientID(turn), turn: turn)
        let call = TurnStart(threadId: thread, text: message.text, clientUserMessageId: clientID(turn))
        let result = await withCheckedContinuation { continuation in
            server.submit(call) { [self] result in
                let started = result.map(\.turn.id)
                assumeIsolated {
                    $0.answered(turn, started)
                    $0.emit($0.tracker.release())
                }
                continuation.resume(returning: started)
            }
        }
        if case .failure(let error) = result { try await settle(error, message, turn) }
    }

    /// A message waits for a server that is about to end or does not answer, and for one that is being started again.
    private func loadForDelivery() async throws(DeliveryFailure) {
        if let exitReason { throw .exited(exitReason) }
        // How that ends will be told.
        if isComingBack, loading == nil { throw .busy("the Codex app-server is being started again") }
        do throws(CodexError) {
            try await load()
        } catch {
            if let exitReason { throw .exited(exitReason) }
            guard isComingBack || isPassing(error) else { throw .refused(error.reason) }
            keepLoading()
            throw .busy(error.reason)
        }
    }

    /// Whether loading the thread may succeed later without anybody's doing anything.
    private func isPassing(_ error: CodexError) -> Bool {
        error.isServerEnding || ![.missing, .startFailed, .refused, .rejected].contains(error.code)
    }

    /// Synchronous, so that what the server tells next finds it known.
    private func answered(_ turn: Int64, _ result: Result<String, CodexError>) {
        switch result {
        case .success(let id): emit(tracker.deliver(turn, in: id))
        // What was refused will not come; after a lost connection it may.
        case .failure(let error) where error.code == .rejected || error.code == .overloaded: tracker.forget(clientID(turn))
        case .failure: break
        }
    }

    func steer(_ message: PreparedMessage, turn: Int64) async throws(DeliveryFailure) {
        guard let running = tracker.running, isLoaded else { throw .busy("no turn runs") }
        tracker.expect(clientID(turn), turn: turn)
        let call = TurnSteer(threadId: thread, expectedTurnId: running, text: message.text, clientUserMessageId: clientID(turn))
        let result = await withCheckedContinuation { continuation in
            server.submit(call) { [self] result in
                let steered = result.map(\.turnId)
                assumeIsolated { $0.answered(turn, steered) }
                continuation.resume(returning: steered)
            }
        }
        guard case .failure(let error) = result else { return }
        // It has ended meanwhile: the message becomes a turn of its own.
        if error.code == .rejected { throw .busy(error.reason) }
        try await settle(error, message, turn)
    }

    private func settle(_ error: CodexError, _ message: PreparedMessage, _ turn: Int64) async throws(DeliveryFailure) {
        switch error.code {
        case .rejected where error.isServerEnding:
            throw .busy(error.reason)
        case .rejected, .overloaded:
            throw .refused(error.reason)
        case .connectionLost, .closed:
            switch await hasReceived(message, turn: turn, since: nil) {
            case .received: break
            case .notReceived:
                events(.idle)
                throw .busy("the connection to the Codex app-server was lost")
            case .unknown(let reason): throw .doubtful(reason)
            }
        default:
            throw .doubtful(error.reason)
        }
    }

    /// The server keeps what the sender called a message.
    func hasReceived(_ message: PreparedMessage, turn: Int64, since: TranscriptPosition?) async -> DeliveryDoubt {
        do throws(CodexError) {
            try await loadForReading()
            let id = clientID(turn)
            func hasMessage(_ turn: ThreadTurn) -> Bool { turn.items.contains { $0.clientID == id } }
            // A message that was written before a turn ended is not in an older one. Codex tells whole seconds.
            let written = sendingTimes[turn].map { Double($0 / 1000) } ?? .infinity
            func isOlder(_ turn: ThreadTurn) -> Bool { turn.completedAt ?? .infinity < written }
            let turns = try await turns(withItemsOf: { !isOlder($0) }) { turns in
                turns.last.map(isOlder) ?? false || turns.contains(where: hasMessage)
            }
            guard let found = turns.first(where: hasMessage) else {
                tracker.forget(id)
                return .notReceived
            }
            emit(tracker.find(turn, in: found))
            return .received(agentTurn: found.id)
        } catch {
            return .unknown("the Codex app-server cannot be asked: \(error.reason)")
        }
    }

    /// Returns when turns can be read: a server that is about to end still answers what only reads. Waits for one that
    /// does not answer, because what it has received cannot be found out otherwise.
    private func loadForReading() async throws(CodexError) {
        while true {
            do throws(CodexError) {
                return try await load()
            } catch {
                if error.isServerEnding { return }
                guard isPassing(error) || isComingBack, !isOver else { throw error }
                keepLoading()
                await retrying?.value
            }
        }
    }
}
