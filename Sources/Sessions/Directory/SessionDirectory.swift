import EventLoop
import JSON
import Logging

/// All sessions by their ids: makes them, finds them, and ends them.
public actor SessionDirectory {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let journal: Journal
    let file: SessionsFile
    let backends: [AgentKind: any AgentBackend]
    let logger: Logger

    var sessions: [String: Session] = [:]
    /// What only the npm tool's file knows: agents of other kinds or on other hosts, and such as do not run.
    var foreign: [String: SessionRecord] = [:]
    /// Ids of sessions that are being made.
    var reserved: Set<String> = []
    /// The calls of `wait` that are under way.
    var waits: [Int: PendingWait] = [:]
    var lastWait = 0
    /// What was found damaged or doubtful, for `supervisor status`.
    public internal(set) var reports: [String] = []

    public init(
        loop: EventLoop, journal: Journal, file: SessionsFile, backends: [any AgentBackend], logger: Logger
    ) {
        self.loop = loop
        self.journal = journal
        self.file = file
        self.backends = Dictionary(uniqueKeysWithValues: backends.map { ($0.kind, $0) })
        self.logger = logger
    }

    public var count: Int { sessions.count }

    /// The servers in which agents live, as far as they are connected.
    public func agentServers() async -> [AgentServer] {
        var found: [AgentServer] = []
        for backend in backends.values { found += await backend.servers() }
        return found.sorted { $0.home < $1.home }
    }

    // MARK: Finding

    /// - Throws: ``SessionError`` `.notFound`.
    public func session(_ id: String) async throws(SessionError) -> Session {
        if let session = sessions[id] { return session }
        // The npm tool may have made it a moment ago.
        await takeUpForeignChanges()
        if let session = sessions[id] { return session }
        if let record = foreign[id] {
            throw SessionError(.exited, "\(id) stands in sessions.json as a \(record.cli) session of the npm tool\(record.host.map { " on \($0)" } ?? ""), and does not run here. Use it with that tool.")
        }
        throw SessionError(.notFound, "Session not found: \(id)")
    }

    public func record(of id: String) async throws(SessionError) -> SessionRecord {
        await takeUpForeignChanges()
        if let record = foreign[id] { return record }
        return try await session(id).record()
    }

    public func list(all: Bool) async throws(SessionError) -> (records: [SessionRecord], warnings: [String]) {
        await takeUpForeignChanges()
        await pruneForeign()
        var records: [SessionRecord] = []
        for session in sessions.values {
            guard let record = await session.record(includingEnded: all) else { continue }
            records.append(record)
        }
        records += foreign.values.filter { all || $0.status == .active }
        records.sort { ($0.createdAt, $0.championID) < ($1.createdAt, $1.championID) }
        var warnings = await file.takeWarnings()
        let gone = await idsToRestart().count
        if !all, gone > 0 {
            warnings.append("\(gone) \(gone == 1 ? "session has" : "sessions have") exited: `dev-sessions list --all` shows \(gone == 1 ? "it" : "them"), `dev-sessions restart --all` brings \(gone == 1 ? "it" : "them") back.")
        }
        return (records, warnings)
    }

    /// - Parameter age: only those not used for this long.
    public func ids(unusedFor age: Duration?) async -> [String] {
        await takeUpForeignChanges()
        let limit = age.map { Timestamp.now() - $0.milliseconds }
        var found: [(createdAt: Int64, id: String)] = []
        for session in sessions.values where !reserved.contains(session.id) {
            let spec = await session.spec
            if spec.lastUsed <= limit ?? .max { found.append((spec.createdAt, spec.id)) }
        }
        // An agent of another kind is ended by the tool that knows it, or by name.
        for record in foreign.values
        where record.host == nil && backends[AgentKind(rawValue: record.cli)] != nil && record.lastUsedMilliseconds ?? 0 <= limit ?? .max {
            found.append((record.createdAtMilliseconds ?? 0, record.championID))
        }
        return found.sorted { $0 < $1 }.map(\.id)
    }

    /// Those whose agents have ended without being meant to, as with the machine.
    public func idsToRestart() async -> [String] {
        var found: [(createdAt: Int64, id: String)] = []
        for session in sessions.values {
            let spec = await session.spec
            if spec.ended != nil, spec.exitKind == .failure || spec.exitKind == .unknown { found.append((spec.createdAt, spec.id)) }
        }
        return found.sorted { $0 < $1 }.map(\.id)
    }

    // MARK: Making

    public func create(_ new: NewSession) async throws(SessionError) -> SessionRecord {
        guard let backend = backends[new.agent] else {
            throw SessionError(.invalid, "No backend for the agent \"\(new.agent)\".")
        }
        try await backend.check(new)
        await takeUpForeignChanges()
        let id = try await reserveID(new, backend)
        defer { reserved.remove(id) }
        let spec = SessionSpec(new, id: id, conversation: backend.newConversation(), createdAt: Timestamp.now())
        let session = makeSession(spec, backend)
        do {
            try await journal.save(spec)
        } catch {
            throw SessionError(.storage, "The session could not be written to the journal, so it was not created: \(error)")
        }
        sessions[id] = session
        do {
            let agent = try await backend.start(spec, new, events: session.eventHandler())
            await session.attach(agent)
            await session.announce(.sessionCreated)
            try await file.flush()
        } catch {
            // Nothing that was started stays behind, whatever it was that failed.
            try? await session.kill()
            await session.discard()
            sessions[id] = nil
            file.enqueue(.remove(id))
            try? await journal.remove(session: id)
            throw error as? SessionError ?? SessionError(.startFailed, "\(error)")
        }
        return await session.record()
    }

    private func reserveID(_ new: NewSession, _ backend: any AgentBackend) async throws(SessionError) -> String {
        if let id = new.id {
            guard SessionName.isValid(id) else {
                throw SessionError(.invalid, "Invalid session id \"\(id)\": use a-z, 0-9 and -, starting with a letter or digit, 63 characters at most.")
            }
            guard sessions[id] == nil, foreign[id] == nil, reserved.insert(id).inserted else { throw alreadyInUse(id) }
            if await backend.isTaken(id, new) {
                reserved.remove(id)
                throw alreadyInUse(id)
            }
            return id
        }
        while true {
            let id = SessionName.random(excluding: reserved.union(sessions.keys).union(foreign.keys))
            reserved.insert(id)
            if await !backend.isTaken(id, new) { return id }
        }
    }

    private func alreadyInUse(_ id: String) -> SessionError {
        SessionError(.alreadyExists, "Champion ID already in use: \(id)")
    }

    func makeSession(_ spec: SessionSpec, _ backend: any AgentBackend) -> Session {
        Session(loop: loop, spec: spec, backend: backend, journal: journal, logger: logger) { [file] spec, turn in
            file.enqueue(.upsert(SessionRecord(spec, newest: turn)))
        }
    }

    // MARK: Using

    public func send(
        _ text: String, to id: String, literal: Bool, queue: Bool, steer: Bool = false, caller: String?
    ) async throws(SessionError) -> (turn: Turn, normalizations: [String]) {
        let origin: TurnOrigin = caller.map { .session($0) } ?? .command
        return try await session(id).send(text, literal: literal, queue: queue, steer: steer, origin: origin)
    }

    public func lastMessages(
        of id: String, count: Int, turn: Int64?
    ) async throws(SessionError) -> (blocks: [String], pending: [PendingInput]) {
        let session = try await session(id)
        return (try await session.lastMessages(count: count, turn: turn), await session.pendingInput())
    }

    public func launchPlan(for id: String, process: Int32?) async throws(SessionError) -> LaunchPlan {
        for backend in backends.values {
            if let plan = await backend.launchPlan(session: id, process: process) { return plan }
        }
        throw SessionError(.notFound, "No session \(id) is being started in this terminal.")
    }

    public func hook(_ payload: JSON, of id: String) async throws(SessionError) -> JSON? {
        guard let session = sessions[id] else { throw SessionError(.notFound, "Session not found: \(id)") }
        return await session.hook(payload)
    }

    public func editor(of id: String, process: Int32?) async -> EditorAnswer {
        await sessions[id]?.editor(process: process) ?? .person
    }

    // MARK: Ending

    public func kill(_ id: String, purge: Bool) async throws(SessionError) {
        if sessions[id] == nil { await takeUpForeignChanges() }
        if sessions[id] == nil, let record = foreign[id] { return try await killForeign(record) }
        guard !reserved.contains(id) else { throw SessionError(.invalid, "\(id) is being created; kill it when that is done.") }
        let session = try await session(id)
        try await session.kill()
        sessions[id] = nil
        do {
            if purge { try await journal.purge(session: id) } else { try await journal.end(session: id) }
            file.enqueue(.remove(id))
            try await file.flush()
        } catch {
            throw SessionError(.storage, "\(id) was killed, but that could not be written: \(error)")
        }
    }

    /// Lets go of every agent; they run on without a supervisor.
    /// - Parameter freeing: also ends what we run for them, so that other programs can take up their conversations.
    public func release(freeing: Bool = false) async {
        for session in sessions.values { await session.release() }
        for backend in backends.values { await backend.release(freeing: freeing) }
        try? await file.flush()
    }
}
