import CodexAppServer
import Supervision

/// A thread is told of only while it is loaded and subscribed to. What became of its turns meanwhile is read then.
extension CodexAgent {
    private enum LoadTime {
        /// How long a new supervisor's other work waits for it.
        static let takeUp = Duration.seconds(2)
        /// Apart from one another: a server has many threads.
        static let backoff = Backoff(initial: .milliseconds(250), maximum: .seconds(30), jitter: 0.2)
    }

    /// A server that ends whenever a thread is loaded is not started for it again and again.
    static let loadAttempts = 3

    /// Loads the thread after the supervisor's restart. Nobody waits long for it: it goes on in the background.
    /// - Parameter isInUse: a session at rest needs no server until somebody uses it.
    func takeUp(isInUse: Bool) async {
        let tried = Expectation(on: loop)
        Task {
            do throws(CodexError) {
                try await server.connect(starting: isInUse)
                try await load()
            } catch {
                if isInUse || error.code != .refused { cannotLoad(error, isInUse: isInUse) }
            }
            tried.meet()
        }
        _ = await tried.wait(on: self, atMost: LoadTime.takeUp)
    }

    /// Returns when the thread is loaded and told of.
    func load() async throws(CodexError) {
        if isLoaded { return }
        if let loading { return try await loading.value.get() }
        let task = Task { await self.loadOnce() }
        loading = task
        try await task.value.get()
    }

    private func loadOnce() async -> Result<Void, CodexError> {
        defer { loading = nil }
        var attempts = 0
        while true {
            do throws(CodexError) {
                try await server.connect(starting: true)
                let losses = losses
                try await resume()
                // Whoever has connected again meanwhile has not resumed the thread.
                guard losses == self.losses else {
                    throw CodexError(.connectionLost, while: ThreadResume.method, reason: "the connection to the Codex app-server was lost")
                }
                isLoaded = true
                isComingBack = false
                loadFailure = nil
                await tellServer()
                return .success(())
            } catch {
                attempts += 1
                guard error.code == .connectionLost || error.code == .closed, attempts < Self.loadAttempts else {
                    loadFailure = error
                    if isGone(error) { exit(AgentExit("its thread is gone: \(error.reason)", .failure)) }
                    return .failure(error)
                }
            }
        }
    }

    func isGone(_ error: CodexError) -> Bool {
        error.code == .rejected && (error.reason.contains("no rollout found") || error.reason.contains("is archived"))
    }

    // MARK: After a failure

    /// What ran is over only if the server is gone for certain. One that does not answer, or that finishes its turns
    /// before it ends, may well complete them: it is tried again until it is known.
    func cannotLoad(_ error: CodexError, isInUse: Bool) {
        guard !isOver else { return }
        logger.error("a thread could not be loaded", metadata: ["session": "\(session)", "error": "\(error)"])
        guard error.isServerGone else {
            if isInUse { keepLoading() }
            return
        }
        isComingBack = false
        lose(error)
        events(.idle)
    }

    /// What ran is over at once; messages wait for as long as it is tried again.
    func serverFailed(_ error: CodexError, isFinal: Bool) {
        if isFinal { return cannotLoad(error, isInUse: true) }
        if error.isServerGone { lose(error) }
    }

    private func lose(_ error: CodexError) {
        settle { _ in true }
        emit(tracker.lose("the Codex app-server ended, and could not be started again: \(error.reason)"))
    }

    /// Loads the thread in the background, until it is loaded or known to be impossible.
    func keepLoading() {
        guard retrying == nil, !isOver else { return }
        retrying = Task {
            defer { retrying = nil }
            var attempts = 0
            while !isOver {
                let retry = Expectation(on: loop)
                retryPause = retry
                _ = await retry.wait(on: self, atMost: LoadTime.backoff.pause(before: attempts))
                retryPause = nil
                attempts += 1
                guard !isOver else { return }
                do throws(CodexError) {
                    return try await load()
                } catch {
                    // While the connection is being made again, its end will be told.
                    guard error.isServerGone, !isComingBack else { continue }
                    return cannotLoad(error, isInUse: true)
                }
            }
        }
    }

    func connectionLost() {
        isComingBack = isComingBack || isLoaded || retrying != nil
        isLoaded = false
        losses += 1
        unconfirmed = Set(requests.map(\.pending.id))
        for waiter in lossWaiters { waiter.meet() }
    }

    func connectionIsBack() {
        if let retryPause { return retryPause.meet() }
        Task {
            do throws(CodexError) {
                try await load()
            } catch {
                // After a loss there will be another connection.
                guard error.code != .connectionLost, error.code != .closed else { return }
                cannotLoad(error, isInUse: true)
            }
        }
    }

    // MARK: Resuming

    private func resume() async throws(CodexError) {
        try await pauseGoalAtRest()
        // What is told meanwhile may be newer than what is read.
        tracker.hold()
        do throws(CodexError) {
            let opened = try await server.callIfConnected(ThreadResume(threadId: thread, config: config))
            // A question of a helper's comes again only to those who resume the helper.
            for helper in try await server.waitingHelpers(of: thread) {
                _ = try? await server.callIfConnected(ThreadResume(threadId: helper, config: nil))
            }
            completeRequests(from: opened.initialTurnsPage?.data ?? [])
            askForGoal()
            reconcile(try await newestTurns())
        } catch {
            emit(tracker.release())
            throw error
        }
        emit(tracker.release())
        if tracker.running == nil { events(.idle) }
    }

    /// Resuming a thread, loaded or not, goes on with an active goal (codex-cli 0.163.0), which may cost what nobody
    /// asked for: a goal that the server's end or an interruption stopped waits until somebody resumes it.
    private func pauseGoalAtRest() async throws(CodexError) {
        let read = try await server.callIfConnected(ThreadRead(threadId: thread))
        if let status = read.thread.status { emit(tracker.take(.statusChanged(status))) }
        switch read.thread.status {
        case .active: return
        case .notLoaded: break
        default:
            // Between two of the goal's turns the thread is idle as well.
            let newest = try await page(limit: 1).data.first
            if newest == nil || newest?.status == .completed { return }
        }
        let goal = try? await server.callIfConnected(GoalGet(threadId: thread)).goal
        guard goal?.status == CodexGoal.Status.active else { return }
        logger.notice("the goal was active when its turn was stopped, and is paused", metadata: ["session": "\(session)"])
        let paused = try await server.callIfConnected(GoalSet(threadId: thread, status: CodexGoal.Status.paused))
        emit(tracker.take(.goalUpdated(paused.goal)))
    }

    /// Its answer comes before what is told later.
    private func askForGoal() {
        server.submit(GoalGet(threadId: thread)) { [self] result in
            guard case .success(let answer) = result else { return }
            assumeIsolated { $0.emit($0.tracker.take(answer.goal.map { .goalUpdated($0) } ?? .goalCleared)) }
        }
    }

    /// Takes up what became of the turns that are open.
    private func reconcile(_ turns: [ThreadTurn]) {
        // Requests that are still open have come again with the thread.
        settle { unconfirmed.contains($0.pending.id) }
        unconfirmed.removeAll()
        emit(tracker.reconcile(turns))
        for (turn, agentTurn) in resumed where agentTurn == tracker.running {
            events(.delivered(turn: turn, agentTurn: agentTurn, altered: false))
        }
        resumed.removeAll()
    }

    // MARK: Reading turns

    /// As far back as the oldest that is not known to have ended.
    private func newestTurns() async throws(CodexError) -> [ThreadTurn] {
        let open = tracker.open
        return try await turns(withItemsOf: { tracker.needsItems(of: $0) }) { turns in open.isSubset(of: turns.map(\.id)) }
    }

    /// The thread's turns, the newest first, as far back as is enough. What was said in them, which can be megabytes, is
    /// read only where it is needed.
    func turns(
        withItemsOf needsItems: (ThreadTurn) -> Bool, until areEnough: ([ThreadTurn]) -> Bool
    ) async throws(CodexError) -> [ThreadTurn] {
        var turns: [ThreadTurn] = []
        var cursor: String?
        repeat {
            var page = try await page(after: cursor)
            if page.data.contains(where: needsItems) { page = try await self.page(after: cursor, items: .full) }
            turns += page.data
            cursor = page.nextCursor
        } while cursor != nil && !areEnough(turns)
        return turns
    }

    private func page(
        after cursor: String? = nil, limit: Int = 20, items: ThreadTurnsList.Items = .notLoaded
    ) async throws(CodexError) -> ThreadTurnsList.Result {
        try await server.callIfConnected(ThreadTurnsList(threadId: thread, cursor: cursor, limit: limit, items: items))
    }
}
