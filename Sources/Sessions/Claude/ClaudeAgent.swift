import EventLoop
import JSON
import Logging
import Tmux
import Transcripts

/// One Claude Code process in a tmux pane: what it is doing, and how it is talked to.
///
/// What it is doing is concluded from its hooks, its status file, its transcript and its process, in this order of
/// trust; nothing is read from the screen. Events of the file system only say "look again".
actor ClaudeAgent: Agent {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let session: String
    let tmux: TmuxServer
    let editorMark: EditorMark
    let logger: Logger
    let events: AgentEventHandler

    /// What outlives the supervisor.
    var state: ClaudeState
    let process: ProcessIdentity
    let pane: PaneIdentity

    // What is known.
    var conversation: String
    var status: ClaudeStatus?
    var reducer = ClaudeTranscriptReducer()
    var tracker = ClaudeTurnTracker()
    /// `system` entries of the transcript so far.
    var systemEntries: Int
    var requests: [ClaudeRequest] = []
    var requestCount = 0
    var exitReason: String?
    /// Finds out why it has ended.
    var conclusion: Task<Void, Never>?
    /// Hooks reach us: not so if the user's or the repository's settings disable them.
    var hasHooks: Bool

    /// Since when the status has said idle and the transcript has not grown.
    var quietSince = ContinuousClock.now

    // What watches.
    var statusWatch: DirectoryWatch?
    var transcriptWatch: DirectoryWatch?
    var exitWatch: ExitWatch?
    var tail: TranscriptTail?
    // Handles are made on the loop, where an actor's initializer does not run.
    lazy var idleTimer = LoopTimer(on: loop)
    lazy var requestTimer = LoopTimer(on: loop)

    // Who waits.
    var readiness: Expectation?
    var confirmations: [Int64: Expectation] = [:]
    var idleness: [Expectation] = []
    var beginnings: [Expectation] = []
    let terminal = TerminalGate()
    var edited: EditedMessage?
    /// So many calls of the editor may, until then, be late answers to ours.
    var lateEditorsEnd = ContinuousClock.now
    var lateEditors = 0
    /// How often in a row the agent did not call its editor when asked to.
    var editorFailures = 0
    /// Something that is not ours was submitted since the last message was typed.
    var submittedSomethingElse = false
    /// Escape is being pressed at a dialog that a command of ours opened.
    var isClosingDialog = false
    /// Met when the status no longer says that it waits.
    var dialogClosed: Expectation?
    /// Escape may put it back into the input box.
    var lastTyped = ""
    /// It was put there, and nothing tells that it has left.
    var boxMayHoldLastMessage = false

    init(
        loop: EventLoop, session: String, conversation: String, state: ClaudeState, process: ProcessIdentity,
        pane: PaneIdentity, tmux: TmuxServer, editorMark: EditorMark, logger: Logger, events: @escaping AgentEventHandler
    ) {
        self.loop = loop
        self.session = session
        self.conversation = conversation
        self.state = state
        self.process = process
        self.pane = pane
        self.tmux = tmux
        self.editorMark = editorMark
        self.logger = logger
        self.events = events
        hasHooks = state.hooks
        systemEntries = state.systemEntries
    }

    // MARK: Watching

    /// Starts to watch the process, its status file and its transcript.
    func watch() throws {
        exitWatch = try ExitWatch(on: loop, process: process) { [unowned self] in exited() }
        let name = "\(process.processID).json"
        statusWatch = DirectoryWatch(on: loop, directory: state.home.statusDirectory) { [unowned self] changed in
            if changed == nil || changed == name { lookAtStatus() }
        }
        // A hook that was taken up may have led to another transcript already.
        if tail == nil { openTranscript(from: state.position) }
        lookAtStatus()
    }

    func release() async {
        close()
    }

    func close() {
        statusWatch?.close()
        transcriptWatch?.close()
        exitWatch?.close()
        tail?.close()
        statusWatch = nil
        transcriptWatch = nil
        exitWatch = nil
        tail = nil
        idleTimer.close()
        requestTimer.close()
        for request in requests { request.reply(nil) }
        requests.removeAll()
        giveUpWaiting()
    }

    /// Nothing more will come that anybody could wait for.
    func giveUpWaiting() {
        readiness?.fail()
        edited?.written.fail()
        for expectation in confirmations.values { expectation.fail() }
        for expectation in idleness + beginnings { expectation.fail() }
        beginnings.removeAll()
        confirmations.removeAll()
        idleness.removeAll()
    }

    /// Takes up the turns that an earlier supervisor had typed, or begun to type, before the transcript is read:
    /// what it shows of them is then known to be ours.
    /// - Parameter endedTurns: names of turns that have ended, should the transcript tell of them again.
    func expect(_ turns: [(turn: Turn, message: PreparedMessage?)], endedTurns: Set<String>) {
        tracker.ignore(endedTurns)
        // The earlier supervisor pressed Ctrl-G, and the call may be still to come.
        if editorMark.isSet { expectLateEditor() }
        for (turn, message) in turns {
            guard let message, turn.state != .queued else { continue }
            tracker.expect(message, turn: turn.id, isConfirmed: turn.state != .delivering, promptID: turn.agentTurnID)
        }
    }

    // MARK: Reports

    func report() -> AgentReport {
        AgentReport(
            state: activity.state, source: activity.source, version: state.version ?? status?.version,
            processID: process.processID, hooks: hasHooks, transcript: state.transcript)
    }

    /// What it is doing, and how that is known.
    var activity: (state: SessionState, source: FactSource) {
        if exitReason != nil { return (.exited, .process) }
        if !requests.isEmpty { return (.waitingForInput, requests.contains { $0.pending.answerable } ? .hook : .statusFile) }
        switch status?.activity {
        case .idle where reducer.turn == nil && !tracker.hasSuspendedTurns: return (.idle, .statusFile)
        case .waiting: return (.waitingForInput, .statusFile)
        // It says idle some moments before the turn's last lines are written.
        case .idle, .busy, .unknown: return (.working, .statusFile)
        case nil: return (reducer.turn == nil ? .idle : .working, .transcript)
        }
    }

    func position() -> TranscriptPosition? {
        // Before the first message there is no file: everything in it will be new.
        tail?.position ?? TranscriptPosition(path: state.transcript, device: 0, inode: 0, offset: 0)
    }

    nonisolated func attachCommand() -> [String] {
        [tmux.location.executable] + tmux.location.options + ["attach-session", "-t", "=" + ClaudeBackend.tmuxSession(session)]
    }

    func save(_ change: (inout ClaudeState) -> Void) {
        change(&state)
        if let json = try? JSON.encode(state) { events(.stateChanged(json)) }
    }

    func emit(_ news: [AgentEvent]) {
        for event in news {
            switch event {
            case .delivered(let turn, _, _), .commandEnded(let turn, _): confirmations.removeValue(forKey: turn)?.meet()
            default: break
            }
            events(event)
        }
    }
}
