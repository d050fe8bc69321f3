import CodexAppServer
import EventLoop
import JSON
import Logging
import Transcripts

/// One thread of an app-server: what it is doing, and how it is talked to.
///
/// Everything is told by the server. After a gap (a new supervisor, a lost connection, a crash) the thread's turns
/// are read, and compared with what was known.
actor CodexAgent: Agent {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    enum Time {
        /// A `turn/interrupt` may never be answered: the turn's end is what counts.
        static let interrupt = Duration.seconds(10)
        static let cleanUp = Duration.seconds(5)
    }

    /// A server that ends whenever a thread is loaded is not started for it again and again.
    static let loadAttempts = 3

    let session: String
    let thread: String
    let server: AppServer
    let logger: Logger
    let events: AgentEventHandler
    /// What outlives the supervisor.
    private(set) var state: CodexState
    /// Settings that a thread has only while it is loaded.
    private let config: [String: JSON]

    var tracker = CodexThreadTracker()
    var requests: [CodexRequest] = []
    /// What is to be done to files, by the item's id: a request for it names the item alone.
    private var fileChanges: [String: JSON] = [:]
    /// Requests from before the connection was lost: somebody may have answered them since.
    private var unconfirmed: Set<String> = []
    var exitReason: String?
    /// The thread is loaded, and we are told of it.
    private(set) var isLoaded = false
    /// The connection was lost a moment ago, and is being made again: what is known of the goal still holds.
    private var isComingBack = false
    private var loading: Task<Result<Void, CodexError>, Never>?
    /// How often the connection has been lost.
    private var losses = 0
    private var interrupted: String?
    /// Turns of an earlier supervisor that may run on.
    private var resumed: [(turn: Int64, agentTurn: String)] = []
    /// When messages were written that an earlier supervisor may have sent, in milliseconds since 1970.
    private(set) var sendingTimes: [Int64: Int64] = [:]
    private var turnEnds: [Expectation] = []
    /// The server's process, as the npm tool's record has it.
    private var toldServer: Int32?

    init(
        loop: EventLoop, session: String, thread: String, state: CodexState, config: [String: JSON], server: AppServer,
        isLoaded: Bool, logger: Logger, events: @escaping AgentEventHandler
    ) {
        self.loop = loop
        self.session = session
        self.thread = thread
        self.state = state
        self.config = config
        self.server = server
        self.isLoaded = isLoaded
        self.logger = logger
        self.events = events
    }

    func follow() async {
        server.follow(thread) { [self] event in assumeIsolated { $0.take(event) } }
        if isLoaded { await tellServer() }
    }

    /// Takes up the turns that an earlier supervisor knew of.
    func expect(_ turns: [Turn], endedTurns: Set<String>) {
        tracker.expect(turns.compactMap(\.agentTurnID), ended: endedTurns)
        for turn in turns where turn.state == .delivering {
            tracker.expect(clientID(turn.id), turn: turn.id)
            sendingTimes[turn.id] = turn.createdAt
        }
        resumed = turns.compactMap { turn in turn.agentTurnID.map { (turn.id, $0) } }
    }

    /// It is tried again when the session is used next; what ran is over in any case.
    func cannotLoad(_ error: CodexError) {
        logger.error("a thread could not be loaded", metadata: ["session": "\(session)", "error": "\(error)"])
        lose(error)
    }

    private func lose(_ error: CodexError) {
        let isServerMissing = error.code == .missing || error.code == .startFailed
        emit(tracker.lose("the Codex app-server ended, and \(isServerMissing ? "could not be started" : "the thread could not be loaded") again: \(error.reason)"))
    }

    // MARK: What the server tells

    private func take(_ event: AppServer.ThreadEvent) {
        switch event {
        case .notification(.archived): exit("its thread was archived", isDeliberate: true)
        case .notification(.deleted): exit("its thread was deleted", isDeliberate: true)
        case .notification(.closed): isLoaded = false
        case .notification(.requestResolved(let id)): settle { $0.request.id == id }
        case .notification(let notification):
            remember(notification)
            emit(tracker.take(notification))
        case .request(let request): take(request)
        case .connectionLost:
            isComingBack = isComingBack || isLoaded
            isLoaded = false
            losses += 1
            unconfirmed = Set(requests.map(\.pending.id))
        case .reconnected: Task { await self.loadAgain() }
        case .serverFailed(let error):
            isComingBack = false
            settle { _ in true }
            lose(error)
            events(.idle)
        }
    }

    func emit(_ news: [AgentEvent]) {
        for event in news {
            events(event)
            guard case .turnEnded = event else { continue }
            for end in turnEnds { end.meet() }
            turnEnds.removeAll()
        }
    }

    private func exit(_ reason: String, isDeliberate: Bool) {
        guard exitReason == nil else { return }
        exitReason = reason
        server.stopFollowing(thread)
        events(.exited(reason: reason, terminalKilled: isDeliberate))
    }

    // MARK: Loading

    /// Returns when the thread is loaded and told of.
    func load() async throws(CodexError) {
        if isLoaded { return }
        if let loading { return try await loading.value.get() }
        let task = Task { await self.loadOnce() }
        loading = task
        try await task.value.get()
    }

    private func loadOnce() async -> Result<Void, CodexError> {
        defer {
            loading = nil
            isComingBack = false
        }
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
                await tellServer()
                return .success(())
            } catch {
                attempts += 1
                guard error.code == .connectionLost || error.code == .closed, attempts < Self.loadAttempts else { return .failure(error) }
            }
        }
    }

    private func resume() async throws(CodexError) {
        try await pauseGoalAtRest()
        // What is told meanwhile may be newer than what is read.
        tracker.hold()
        do throws(CodexError) {
            let opened = try await server.callIfConnected(ThreadResume(threadId: thread, config: config))
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
        switch read.thread.status {
        case .active: return
        case .notLoaded: break
        default:
            // Between two of the goal's turns the thread is idle as well.
            let newest = try await server.callIfConnected(ThreadTurnsList(threadId: thread, limit: 1)).data.first
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
    private func reconcile(_ turns: [CodexAppServer.CodexTurn]) {
        // Requests that are still open have come again with the thread.
        settle { unconfirmed.contains($0.pending.id) }
        unconfirmed.removeAll()
        emit(tracker.reconcile(turns))
        for (turn, agentTurn) in resumed where agentTurn == tracker.running {
            events(.delivered(turn: turn, agentTurn: agentTurn, altered: false))
        }
        resumed.removeAll()
    }

    /// As far back as the oldest that is not known to have ended.
    private func newestTurns() async throws(CodexError) -> [CodexAppServer.CodexTurn] {
        let open = tracker.open
        return try await turns { turns in open.isSubset(of: turns.map(\.id)) }
    }

    /// The thread's turns, the newest first, as far back as is enough.
    func turns(_ areEnough: ([CodexAppServer.CodexTurn]) -> Bool) async throws(CodexError) -> [CodexAppServer.CodexTurn] {
        var turns: [CodexAppServer.CodexTurn] = []
        var cursor: String?
        repeat {
            let page = try await server.callIfConnected(ThreadTurnsList(threadId: thread, cursor: cursor, limit: 20))
            turns += page.data
            cursor = page.nextCursor
        } while cursor != nil && !areEnough(turns)
        return turns
    }

    private func tellServer() async {
        guard let process = await server.peer?.process?.processID, process != toldServer else { return }
        toldServer = process
        events(.recordChanged(["appServerPid": JSON(Int(process))]))
    }

    private func loadAgain() async {
        do throws(CodexError) {
            try await load()
        } catch {
            if isGone(error) { return exit("its thread is gone: \(error.reason)", isDeliberate: false) }
            // Then there will be another connection.
            guard error.code != .connectionLost, error.code != .closed else { return }
            cannotLoad(error)
            events(.idle)
        }
    }

    func isGone(_ error: CodexError) -> Bool {
        error.code == .rejected && (error.reason.contains("no rollout found") || error.reason.contains("is archived"))
    }

    // MARK: Requests

    private func remember(_ notification: ThreadNotification) {
        switch notification {
        case .itemStarted(let item, _): fileChanges[item.id] = item.fileChanges
        case .turnCompleted: fileChanges.removeAll()
        default: break
        }
    }

    /// A request comes again after a gap without what was told before it: that stands in the turn that runs.
    private func completeRequests(from turns: [CodexAppServer.CodexTurn]) {
        for item in turns.flatMap(\.items) { fileChanges[item.id] = item.fileChanges }
        for known in requests where known.itemID.flatMap({ fileChanges[$0] }) != nil && !unconfirmed.contains(known.pending.id) {
            take(known.request, since: known.pending.since)
        }
    }

    private func take(_ request: ServerRequest, since: Int64 = Timestamp.now()) {
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
        server.respond(to: known.request, with: known.result(of: response))
        // The protocol has no place for a reason: the turn goes on with it.
        if case .deny(let reason?) = response, let running = tracker.running {
            server.submit(TurnSteer(
                threadId: thread, expectedTurnId: running, text: reason, clientUserMessageId: "\(session)-\(pending.id)")) { _ in }
        }
    }

    private func settle(_ isSettled: (CodexRequest) -> Bool) {
        let settled = requests.filter(isSettled)
        requests.removeAll(where: isSettled)
        for request in settled { events(.inputSettled(request: request.pending.id)) }
    }

    // MARK: Stopping

    func interrupt() async throws(SessionError) {
        guard let running = tracker.running else { return }
        let end = Expectation(on: loop)
        turnEnds.append(end)
        // The server leaves a second one unanswered.
        if interrupted != running {
            interrupted = running
            server.submit(TurnInterrupt(threadId: thread, turnId: running), within: Time.interrupt) { _ in }
        }
        let hasEnded = await end.wait(on: self, atMost: Time.interrupt)
        turnEnds.removeAll { $0 === end }
        guard hasEnded else {
            throw SessionError(.notDelivered, "\(session) did not stop within \(Time.interrupt); use `dev-sessions attach \(session)`.")
        }
        await endCommands()
    }

    /// The commands that a turn runs outlive it.
    private func endCommands() async {
        _ = try? await server.callIfConnected(BackgroundTerminalsClean(threadId: thread), within: Time.cleanUp)
    }

    func kill() async throws(SessionError) {
        defer { server.stopFollowing(thread) }
        do throws(CodexError) {
            try await server.connect(starting: true)
            if isLoaded {
                try? await interrupt()
                await endCommands()
            }
            // It would be told of as somebody else's.
            server.stopFollowing(thread)
            _ = try await server.callIfConnected(ThreadArchive(threadId: thread))
        } catch {
            // What is gone, or cannot be reached, is not in the way of forgetting it.
            guard error.code == .rejected, !isGone(error) else {
                return logger.warning("a thread could not be archived", metadata: ["session": "\(session)", "error": "\(error)"])
            }
            throw SessionError(.startFailed, "The thread of \(session) could not be archived: \(error.reason)")
        }
    }

    func release() async {
        server.stopFollowing(thread)
    }

    // MARK: Reports

    func report() async -> AgentReport {
        let peer = await server.peer
        return AgentReport(
            state: activity, source: .appServer, version: peer?.version, processID: peer?.process?.processID, hooks: true,
            transcript: state.rollout, problem: problem)
    }

    private var activity: SessionState {
        if exitReason != nil { return .exited }
        if !requests.isEmpty { return .waitingForInput }
        return tracker.running != nil || tracker.pursuesGoal && (isLoaded || isComingBack) ? .working : .idle
    }

    /// As the npm tool says it (0.4.4).
    private var problem: String? {
        guard tracker.status == .systemError else { return nil }
        return "Codex app-server is in a system error state" + (tracker.failure.map { ": \($0.message)" } ?? "")
    }

    func position() -> TranscriptPosition? { nil }
    func hook(_ payload: JSON) async -> JSON? { nil }
    func editor(process: Int32?) -> EditorAnswer { .person }

    func attachCommand() async throws(SessionError) -> [String] {
        do throws(CodexError) {
            // The terminal needs a server, and starts none of ours.
            try await load()
        } catch {
            throw SessionError(.startFailed, "\(session) cannot be shown: \(error.reason)")
        }
        let live = await server.peer?.socket
        let socket = if let live { live } else { await server.program.socket }
        return ["/usr/bin/env", "CODEX_HOME=\(state.home.path)", state.executable, "resume", "--remote", "unix://\(socket)", thread]
    }
}
