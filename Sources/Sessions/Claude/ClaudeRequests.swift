import EventLoop
import JSON

/// A `PermissionRequest` hook that stays connected until somebody decides.
struct ClaudeRequest {
    let pending: PendingInput
    /// What Claude offers to allow from now on.
    var suggestions: [JSON] = []
    /// The transcript has shown its tool call; once it shows the result too, the request is settled.
    var hasSeenCall = false
    /// Lets the hook end; with nil it prints nothing and the dialog stays with the terminal.
    let reply: (JSON?) -> Void
}

extension ClaudeAgent {
    /// How long a waiting status goes before its hook: after that no hook will come.
    private static let hookTime = Duration.seconds(2)

    /// Shows a request and returns what its hook is to print: the decision, or nothing when it was made elsewhere.
    func decision(on tool: String, _ input: JSON, of payload: JSON) async -> JSON? {
        guard exitReason == nil else { return nil }
        let isQuestion = tool == "AskUserQuestion"
        let suggestions = payload["permission_suggestions"]?.array ?? []
        let request = PendingInput(
            id: payload["request_id"]?.string ?? nextRequestID(), kind: isQuestion ? .question : .permission, tool: tool,
            input: input, questions: isQuestion ? ClaudeDecision.questions(in: input) : [], answerable: true,
            allowsAlways: !suggestions.isEmpty, since: Timestamp.now())
        requestTimer.cancel()
        dropUnanswerable()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                requests.append(ClaudeRequest(pending: request, suggestions: suggestions) { continuation.resume(returning: $0) })
                events(.inputNeeded(request))
            }
        } onCancel: {
            // Escape ends the hook's process; its own time-out would, too.
            Task { await self.hookLeft(request.id) }
        }
    }

    func respond(to request: PendingInput, _ response: InputResponse) throws(SessionError) {
        guard let index = requests.firstIndex(where: { $0.pending.id == request.id }), request.answerable else {
            throw SessionError(.nothingPending, "\(session) no longer waits for this; it may have been answered already.")
        }
        let known = requests.remove(at: index)
        known.reply(ClaudeDecision.output(for: response, to: request, suggestions: known.suggestions))
    }

    private func hookLeft(_ request: String) {
        settle { $0.id == request }
    }

    /// The status says waiting: if no hook tells for what, the status itself has to do.
    func expectRequest(_ reason: String) {
        guard requests.isEmpty else { return }
        if reason == "dialog open", let command = tracker.expectedCommand { return closeDialog(of: command) }
        requestTimer.schedule(after: reason == "dialog open" ? .milliseconds(200) : Self.hookTime) { self.showUnanswerable() }
        showRequestOfTranscript()
    }

    /// Where no hook will come, a request is shown as soon as the transcript tells of it: some time after the status does.
    func showRequestOfTranscript() {
        guard !hasHooks, case .waiting(let reason) = status?.activity, reason != "dialog open",
              reducer.turn?.openToolCalls.isEmpty == false
        else { return }
        showUnanswerable()
    }

    /// What is waited for, as far as the status and the transcript tell: only the terminal can answer it.
    private func showUnanswerable() {
        guard requests.isEmpty, case .waiting(let reason) = status?.activity else { return }
        let question = reducer.pendingQuestion
        let request = PendingInput(
            id: nextRequestID(), kind: question != nil ? .question : reason == "permission prompt" ? .permission : .other,
            tool: question?.toolName ?? reducer.turn?.openToolCalls.last?.name, input: question?.input,
            questions: question.map { ClaudeDecision.questions(in: $0.input) } ?? [], answerable: false, since: Timestamp.now())
        requests.append(ClaudeRequest(pending: request) { _ in })
        events(.inputNeeded(request))
    }

    /// Claude no longer waits, whoever decided.
    func settleRequests() {
        requestTimer.cancel()
        settle { _ in true }
    }

    /// A request whose tool has a result in the transcript was decided in the terminal.
    func settleAnsweredRequests() {
        guard !requests.isEmpty else { return }
        let open = Set((reducer.turn?.openToolCalls ?? []).map(\.name))
        var answered: Set<String> = []
        for index in requests.indices {
            let isOpen = requests[index].pending.tool.map(open.contains) ?? false
            if isOpen { requests[index].hasSeenCall = true } else if requests[index].hasSeenCall { answered.insert(requests[index].pending.id) }
        }
        settle { answered.contains($0.id) }
    }

    private func dropUnanswerable() {
        settle { !$0.answerable }
    }

    private func settle(_ isSettled: (PendingInput) -> Bool) {
        let settled = requests.filter { isSettled($0.pending) }
        guard !settled.isEmpty else { return }
        requests.removeAll { isSettled($0.pending) }
        for request in settled {
            request.reply(nil)
            events(.inputSettled(request: request.pending.id))
        }
    }

    private func nextRequestID() -> String {
        requestCount += 1
        return "\(process.processID)-\(requestCount)"
    }
}
