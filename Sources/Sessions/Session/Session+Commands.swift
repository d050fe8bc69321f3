import JSON

extension Session {
    // MARK: Questions

    /// Answers what the agent waits for: the oldest request, or the one named.
    /// - Returns: the request that was answered.
    public func respond(_ response: InputResponse, to request: String?) async throws(SessionError) -> PendingInput {
        guard let agent, !isEnded else { throw exitedError }
        guard let pending = pending.first(where: { request == nil || $0.id == request }) else {
            throw SessionError(.nothingPending, request == nil
                ? "\(id) does not wait for input."
                : "\(id) does not wait for the request \(request ?? ""); it may have been answered already.")
        }
        guard pending.answerable else {
            throw SessionError(.nothingPending, """
                What \(id) waits for cannot be answered from here, because no hook of the agent's tells of it. \
                Use `dev-sessions attach \(id)`.
                """)
        }
        let fitted = try response.fitted(to: pending, session: id)
        try await agent.respond(to: pending, fitted)
        // The first answer wins: whoever comes next finds nothing pending.
        handle(.inputSettled(request: pending.id))
        return pending
    }

    /// Stops the running turn.
    /// - Returns: false when there was none.
    public func interrupt() async throws(SessionError) -> Bool {
        guard let agent, !isEnded else { throw exitedError }
        let isWorking = await agent.report().state != .idle
        guard runningTurn != nil || !pending.isEmpty || isWorking else { return false }
        return try await agent.interrupt()
    }

    func hook(_ payload: JSON) async -> JSON? {
        await (agent ?? starting)?.hook(payload)
    }

    func editor(process: Int32?) async -> EditorAnswer {
        await agent?.editor(process: process) ?? .person
    }

    // MARK: Conversation

    public func attachCommand() async throws(SessionError) -> [String] {
        guard let agent, !isEnded else { throw exitedError }
        return try await agent.attachCommand()
    }

    // MARK: Ending

    func kill() async throws(SessionError) {
        try await (agent ?? starting)?.kill()
        try await backend.remove(spec)
        exited(AgentExit("it was killed", .deliberate), isKilled: true)
        callWaiters()
    }

    func release() async {
        isReleased = true
        await agent?.release()
        letGo()
    }

    /// Agent and session hold each other.
    func letGo() {
        agent = nil
        starting = nil
    }
}

extension InputResponse {
    /// The response in the form that this request takes.
    /// - Throws: ``SessionError`` `.invalid` when it does not answer what is asked.
    func fitted(to request: PendingInput, session: String) throws(SessionError) -> InputResponse {
        switch self {
        case .deny:
            return self
        case .allow where request.kind == .question, .allowAlways where request.kind == .question:
            throw SessionError(.invalid, """
                \(session) asks a question; answer it with --answer, or decline with --deny:
                \(request.summary)
                """)
        case .allowAlways where request.allowsAlways != true:
            throw SessionError(.invalid, """
                \(session)'s agent cannot be told to allow this from now on; use --allow:
                \(request.summary)
                """)
        case .allow, .allowAlways:
            return self
        case .answer where request.kind != .question:
            throw SessionError(.invalid, """
                \(session) asks for a permission; answer with --allow or --deny:
                \(request.summary)
                """)
        case .answer(let answers):
            guard answers.count == request.questions.count else {
                throw SessionError(.invalid, """
                    \(session) asks \(request.questions.count) question(s), and \(answers.count) answer(s) were given. \
                    Give one --answer for each, in their order:
                    \(request.summary)
                    """)
            }
            return .answer(zip(answers, request.questions).map { answer, question in
                question.options.first { $0.label.lowercased() == answer.lowercased() }?.label ?? answer
            })
        }
    }
}
