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

    let session: String
    let thread: String
    let server: AppServer
    let logger: Logger
    let events: AgentEventHandler
    /// What outlives the supervisor.
    let state: CodexState
    /// Settings that a thread has only while it is loaded.
    let config: [String: JSON]

    var tracker = CodexThreadTracker()
    private(set) var exitReason: String?
    private var isReleased = false

    // MARK: Loading

    /// The thread is loaded, and we are told of it.
    var isLoaded = false
    /// The connection was lost, and is being made again.
    var isComingBack = false
    var loading: Task<Result<Void, CodexError>, Never>?
    /// Why the thread could not be loaded, until it is.
    var loadFailure: CodexError?
    /// Loads it in the background.
    var retrying: Task<Void, Never>?
    /// The pause between two attempts, which ends early when there is a connection again.
    var retryPause: Expectation?
    /// How often the connection has been lost.
    var losses = 0
    /// Who waits for the next time.
    var lossWaiters: [Expectation] = []
    /// Turns of an earlier supervisor that may run on.
    var resumed: [(turn: Int64, agentTurn: String)] = []
    /// When messages were written that an earlier supervisor may have sent, in milliseconds since 1970.
    private(set) var sendingTimes: [Int64: Int64] = [:]
    /// The server's process, as the npm tool's record has it.
    private var toldServer: Int32?

    // MARK: Requests

    var requests: [CodexRequest] = []
    /// What is to be done to files, by the item's id: a request for it names the item alone.
    var fileChanges: [String: JSON] = [:]
    /// Requests from before the connection was lost: somebody may have answered them since.
    var unconfirmed: Set<String> = []

    // MARK: Stopping

    /// The last turn that the server has been told to stop.
    var interruption: CodexInterruption?
    /// Who waits for a turn to begin or to end.
    var turnWaiters: [Expectation] = []
    /// What is told of the thread's end is our own doing.
    var isBeingKilled = false

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

    // MARK: What the server tells

    private func take(_ event: AppServer.ThreadEvent) {
        switch event {
        case .notification(.archived) where !isBeingKilled: exit(AgentExit("its thread was archived", .deliberate))
        case .notification(.deleted) where !isBeingKilled: exit(AgentExit("its thread was deleted", .deliberate))
        case .notification(.closed): isLoaded = false
        case .notification(.requestResolved(let id)): settle { $0.request.id == id }
        case .notification(let notification):
            remember(notification)
            emit(tracker.take(notification))
        case .request(let request): take(request)
        case .connectionLost: connectionLost()
        case .reconnected: connectionIsBack()
        case .serverFailed(let error, let isFinal): serverFailed(error, isFinal: isFinal)
        }
    }

    func emit(_ news: [AgentEvent]) {
        for event in news { events(event) }
        for waiter in turnWaiters { waiter.meet() }
    }

    func exit(_ exit: AgentExit) {
        guard exitReason == nil else { return }
        exitReason = exit.reason
        stopFollowing()
        events(.exited(exit))
    }

    func stopFollowing() {
        isReleased = true
        server.stopFollowing(thread)
        retryPause?.fail()
    }

    /// Nothing is to be done for the thread any more.
    var isOver: Bool { isReleased || exitReason != nil }

    func tellServer() async {
        guard let process = await server.peer?.process?.processID, process != toldServer else { return }
        toldServer = process
        events(.recordChanged(["appServerPid": JSON(Int(process))]))
    }

    func release() async {
        stopFollowing()
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

    private var problem: String? {
        if retrying != nil, let loadFailure { return "The thread is not loaded: \(loadFailure.reason)" }
        // As the npm tool says it (0.4.4).
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
