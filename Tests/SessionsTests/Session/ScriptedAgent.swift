import EventLoop
import JSON
import Transcripts
@testable import Sessions

/// An agent that does what its ``ScriptedProgram`` says, and can be held at every step of a delivery.
actor ScriptedAgent: SteerableAgent, GoalKeepingAgent {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let program: ScriptedProgram
    private let life: Int
    private let events: AgentEventHandler
    private var held: CheckedContinuation<Void, Never>?
    private var arrivals: [(step: ScriptedProgram.Step, arrived: CheckedContinuation<Void, Never>)] = []
    private var isAt: ScriptedProgram.Step?
    /// What `deliver` throws next, before anything is typed.
    private var refusal: DeliveryFailure?
    private(set) var isKilled = false
    private var goal: SessionGoal?
    /// It goes on with its goal by itself, also where nothing runs at the moment.
    private var pursuesGoal = false
    /// Called when the goal has been looked up and not been told of yet.
    private var whileShowing: (@Sendable () -> Void)?

    init(loop: EventLoop, program: ScriptedProgram, life: Int, events: @escaping AgentEventHandler) {
        self.loop = loop
        self.program = program
        self.life = life
        self.events = events
    }

    // MARK: What a test does

    /// Returns when a delivery is held at this step.
    func arrive(at step: ScriptedProgram.Step) async {
        if isAt == step { return }
        await withCheckedContinuation { arrivals.append((step, $0)) }
    }

    /// Lets the delivery that is held go on.
    func goOn() {
        program.hold(at: nil)
        isAt = nil
        held?.resume()
        held = nil
    }

    func refuseNext(_ failure: DeliveryFailure) { refusal = failure }

    func tell(_ event: AgentEvent) { events(event) }

    /// The oldest open turn ends, and the agent is idle.
    func endTurn(_ end: AgentTurnEnd = .init(state: .completed, reason: nil)) {
        guard let message = program.endTurn(end) else { return }
        events(.turnEnded(agentTurn: message.id, end))
        events(.idle)
    }

    /// - Parameter isPursued: it goes on by itself.
    func tell(goal: SessionGoal?, isPursued: Bool = false) {
        self.goal = goal
        pursuesGoal = isPursued
        events(.goalChanged(goal))
    }

    func showGoal(meanwhile body: @escaping @Sendable () -> Void) { whileShowing = body }

    func stopPursuing() {
        pursuesGoal = false
        events(.idle)
    }

    func exit(_ reason: String) {
        program.die()
        events(.exited(AgentExit(reason, .failure)))
    }

    /// Tells what a later supervisor finds out by reading what the program wrote.
    func catchUp(_ turns: [Turn]) {
        if program.doubt != nil { return }
        for (offset, message) in program.messages.enumerated() {
            let cutOff = turns.first {
                $0.state == .delivering && $0.text == message.text && ($0.transcript?.offset ?? 0) <= offset
            }
            if let cutOff { events(.delivered(turn: cutOff.id, agentTurn: message.id, altered: false)) }
            if let end = message.end { events(.turnEnded(agentTurn: message.id, end)) }
        }
        if !program.isAlive { events(.exited(AgentExit("the agent died", .failure))) }
    }

    private func stop(at step: ScriptedProgram.Step) async {
        guard program.isHeld(at: step) else { return }
        isAt = step
        for arrival in arrivals where arrival.step == step { arrival.arrived.resume() }
        arrivals.removeAll { $0.step == step }
        await withCheckedContinuation { held = $0 }
    }

    // MARK: Agent

    func deliver(_ message: PreparedMessage, turn: Int64) async throws(DeliveryFailure) {
        await stop(at: .beforeTyping)
        if let refusal {
            self.refusal = nil
            throw refusal
        }
        guard program.isAlive else { throw .exited("the agent died") }
        await stop(at: .typed)
        guard let sent = program.enter(message.text, life: life) else { throw .exited("the agent died") }
        await stop(at: .entered)
        guard program.isAlive else { throw .doubtful("the agent died") }
        events(.delivered(turn: turn, agentTurn: sent.id, altered: false))
        await stop(at: .told)
    }

    func steer(_ message: PreparedMessage, turn: Int64) async throws(DeliveryFailure) {
        await stop(at: .beforeTyping)
        guard program.isAlive else { throw .exited("the agent died") }
        await stop(at: .typed)
        guard let sent = program.steer(message.text, life: life) else { throw .busy("no turn runs") }
        await stop(at: .entered)
        events(.delivered(turn: turn, agentTurn: sent.id, altered: false))
        await stop(at: .told)
    }

    func change(_ change: GoalChange) async throws(SessionError) -> GoalResult {
        switch change {
        case .show:
            let shown = goal
            whileShowing?()
            return GoalResult(goal: shown)
        case .set(let objective, let status, _):
            goal?.objective = objective ?? goal?.objective ?? ""
            goal?.status = status ?? goal?.status ?? "active"
            return GoalResult(goal: goal)
        case .clear:
            defer { goal = nil }
            return GoalResult(goal: nil, cleared: goal != nil)
        }
    }

    func position() -> TranscriptPosition? {
        TranscriptPosition(path: "/transcript", device: 1, inode: 1, offset: program.messages.count)
    }

    func hasReceived(_ message: PreparedMessage, turn: Int64, since: TranscriptPosition?) async -> DeliveryDoubt {
        if let doubt = program.doubt { return .unknown(doubt) }
        // What the program wrote has been told by ``catchUp(_:)``.
        return program.isAlive ? .notReceived : .unknown("the agent died")
    }

    func interrupt() async throws(SessionError) -> Bool { true }
    func respond(to request: PendingInput, _ response: InputResponse) throws(SessionError) {}
    func hook(_ payload: JSON) async -> JSON? { nil }
    func editor(process: Int32?) -> EditorAnswer { .person }
    func stop() async throws(SessionError) { exit("it was stopped") }
    func kill() async throws(SessionError) {
        program.die()
        isKilled = true
        goOn()
    }
    func release() async {}
    func report() -> AgentReport {
        AgentReport(
            state: program.isWorking || pursuesGoal ? .working : .idle, source: .process, version: nil, processID: nil, hooks: true, transcript: nil)
    }
    nonisolated func attachCommand() -> [String] { [] }
}

/// Starts and finds scripted agents: one program for each session.
actor ScriptedBackend: AgentBackend {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    nonisolated var kind: AgentKind { .claude }

    private let program: ScriptedProgram
    private let life: Int
    private(set) var agent: ScriptedAgent?
    /// How often finding the agent again fails before it succeeds.
    var failures = 0

    init(loop: EventLoop, program: ScriptedProgram, failures: Int = 0) {
        self.loop = loop
        self.program = program
        self.failures = failures
        life = program.beginLife()
    }

    func check(_ new: NewSession) {}
    func isTaken(_ id: String, _ new: NewSession) -> Bool { false }
    nonisolated func newConversation() -> String { "conversation" }
    nonisolated func prepare(_ text: String, literal: Bool) -> PreparedMessage {
        PreparedMessage(text: text, command: nil, normalizations: [])
    }

    func start(_ spec: SessionSpec, _ new: NewSession, events: @escaping AgentEventHandler) -> any Agent {
        let agent = ScriptedAgent(loop: loop, program: program, life: life, events: events)
        self.agent = agent
        return agent
    }

    func resume(
        _ spec: SessionSpec, turns: [(turn: Turn, message: PreparedMessage?)], endedTurns: Set<String>, hooks: [JSON],
        events: @escaping AgentEventHandler
    ) async throws(SessionError) -> any Agent {
        if failures > 0 {
            failures -= 1
            throw SessionError(.storage, "tmux does not answer")
        }
        let agent = ScriptedAgent(loop: loop, program: program, life: life, events: events)
        self.agent = agent
        await agent.catchUp(turns.map(\.turn))
        return agent
    }

    func restart(_ spec: SessionSpec, fresh: Bool, events: @escaping AgentEventHandler) async throws(SessionError) -> any Agent {
        if failures > 0 {
            failures -= 1
            throw SessionError(.startFailed, "it does not start")
        }
        program.revive()
        let agent = ScriptedAgent(loop: loop, program: program, life: program.beginLife(), events: events)
        self.agent = agent
        return agent
    }

    nonisolated func conversation(of spec: SessionSpec) -> any ConversationReader { NoConversation() }
    func launchPlan(session: String, process: Int32?) -> LaunchPlan? { nil }
    func remove(_ spec: SessionSpec) {}
    func adopt(_ record: SessionRecord) -> SessionSpec? { nil }
    func isThere(_ record: SessionRecord) -> Bool? { nil }
    func removeForeign(_ record: SessionRecord) {}
    func release(freeing: Bool) {}
}

private struct NoConversation: ConversationReader {
    func lastMessages(count: Int, turn: Turn?) -> [String] { [] }
    func messages() -> [LogMessage] { [] }
}
