import CodexAppServer
import JSON

/// What the thread, or one that it has started, wants to have decided.
extension CodexAgent {
    func remember(_ notification: ThreadNotification) {
        switch notification {
        case .itemStarted(let item, _): fileChanges[item.id] = item.fileChanges
        case .turnCompleted: fileChanges.removeAll()
        default: break
        }
    }

    /// A request comes again after a gap without what was told before it: that stands in the turn that runs.
    func completeRequests(from turns: [ThreadTurn]) {
        for item in turns.flatMap(\.items) { fileChanges[item.id] = item.fileChanges }
        for known in requests where known.itemID.flatMap({ fileChanges[$0] }) != nil && !unconfirmed.contains(known.pending.id) {
            take(known.request, since: known.pending.since)
        }
    }

    func take(_ request: ServerRequest, since: Int64 = Timestamp.now()) {
        let changes = request.parameters["itemId"]?.string.flatMap { fileChanges[$0] }
        guard let known = CodexRequest(request, since: since, changes: changes) else {
            return server.reject(request, "dev-sessions cannot answer \(request.method)")
        }
        unconfirmed.remove(known.pending.id)
        requests.removeAll { $0.pending.id == known.pending.id }
        requests.append(known)
        events(.inputNeeded(known.pending))
    }

    func respond(to pending: PendingInput, _ response: InputResponse) throws(SessionError) {
        guard let index = requests.firstIndex(where: { $0.pending.id == pending.id }), !unconfirmed.contains(pending.id) else {
            throw SessionError(.nothingPending, "\(session) no longer waits for this; it may have been answered already.")
        }
        let known = requests.remove(at: index)
        let result = known.result(of: response)
        // The protocol has no place for a reason: the turn goes on with it. Only before the answer is it certain that
        // the turn still runs.
        guard case .deny(let reason?) = response, let turn = known.turnID, let thread = known.request.thread else {
            return server.respond(to: known.request, with: result)
        }
        let steer = TurnSteer(
            threadId: thread, expectedTurnId: turn, text: reason, clientUserMessageId: "\(session)-\(pending.id)")
        server.submit(steer) { [server] _ in server.respond(to: known.request, with: result) }
    }

    func settle(_ isSettled: (CodexRequest) -> Bool) {
        let settled = requests.filter(isSettled)
        requests.removeAll(where: isSettled)
        for request in settled { events(.inputSettled(request: request.pending.id)) }
    }
}
