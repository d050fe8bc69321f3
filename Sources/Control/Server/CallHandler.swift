import EventLoop
import JSON
import Sessions

/// Who calls.
struct Caller: Sendable {
    let server: ControlServer
    let connection: Int
    let processID: Int32?

    /// Sends a notification on the caller's connection; on the loop only.
    /// - Returns: false when the caller is gone.
    func notify(_ method: String, _ value: some Encodable & Sendable) -> Bool {
        guard let parameters = try? JSON.encode(value) else { return true }
        return server.assumeIsolated { $0.notify(connection, method, parameters) }
    }
}

/// Answers calls, each by its own method's name.
public struct CallHandler: Sendable {
    let directory: SessionDirectory
    /// What the supervisor tells of itself.
    let status: @Sendable () async -> SupervisorStatus
    /// Called for `supervisor.stop`, before it is answered.
    let stop: @Sendable (_ release: Bool) -> Void

    public init(
        directory: SessionDirectory, status: @escaping @Sendable () async -> SupervisorStatus,
        stop: @escaping @Sendable (_ release: Bool) -> Void
    ) {
        self.directory = directory
        self.status = status
        self.stop = stop
    }

    func answer(_ method: String, _ parameters: JSON, _ caller: Caller) async throws(ControlError) -> JSON {
        switch method {
        case CreateCall.method:
            try await answer(CreateCall.self, parameters) { try await directory.create($0.session) }
        case SendCall.method:
            try await answer(SendCall.self, parameters) { call in
                let sent = try await directory.send(
                    call.text, to: call.session, literal: call.literal, queue: call.queue, steer: call.steer ?? false, caller: call.caller)
                return SendCall.Result(turn: sent.turn.id, state: sent.turn.state, normalizations: sent.normalizations)
            }
        case WaitCall.method:
            try await answer(WaitCall.self, parameters) { call in
                let waited = try await directory.wait(
                    for: call.sessions, any: call.any, turn: call.turn, next: call.next ?? false, after: call.after ?? [:],
                    timeout: .milliseconds(call.timeoutMilliseconds), caller: call.caller)
                return WaitCall.Result(outcomes: waited.outcomes, timedOut: waited.timedOut)
            }
        case LastMessageCall.method:
            try await answer(LastMessageCall.self, parameters) { call in
                let last = try await directory.lastMessages(of: call.session, count: call.count, turn: call.turn)
                return LastMessageCall.Result(blocks: last.blocks, pending: last.pending)
            }
        case StatusCall.method:
            try await answer(StatusCall.self, parameters) { try await directory.session($0.session).status() }
        case ListCall.method:
            try await answer(ListCall.self, parameters) { call in
                let listed = try await directory.list(all: call.all)
                return ListCall.Result(sessions: listed.records, warnings: listed.warnings)
            }
        case LogsCall.method:
            try await answer(LogsCall.self, parameters) { call in
                let session = try await directory.session(call.session)
                guard call.follow else { return LogsCall.Result(messages: try await session.messages()) }
                return LogsCall.Result(messages: try await session.followMessages {
                    caller.notify(LogNotification.method, LogNotification(message: $0))
                })
            }
        case InspectCall.method:
            try await answer(InspectCall.self, parameters) { try await directory.record(of: $0.session) }
        case KillCall.method:
            try await answer(KillCall.self, parameters) { try await kill($0) }
        case RestartCall.method:
            try await answer(RestartCall.self, parameters) { try await restart($0) }
        case PendingCall.method:
            try await answer(PendingCall.self, parameters) { try await directory.session($0.session).pendingInput() }
        case RespondCall.method:
            try await answer(RespondCall.self, parameters) { call in
                RespondCall.Result(answered: try await directory.session(call.session).respond(call.response, to: call.request))
            }
        case InterruptCall.method:
            try await answer(InterruptCall.self, parameters) {
                InterruptCall.Result(interrupted: try await directory.session($0.session).interrupt())
            }
        case GoalCall.method:
            try await answer(GoalCall.self, parameters) { try await directory.session($0.session).change($0.change) }
        case GoalWaitCall.method:
            try await answer(GoalWaitCall.self, parameters) {
                try await directory.session($0.session).waitForGoal(timeout: .milliseconds($0.timeoutMilliseconds))
            }
        case AttachCall.method:
            try await answer(AttachCall.self, parameters) {
                AttachCall.Result(command: try await directory.session($0.session).attachCommand())
            }
        case LaunchCall.method:
            try await answer(LaunchCall.self, parameters) {
                try await directory.launchPlan(for: $0.session, process: caller.processID)
            }
        case EditorCall.method:
            try await answer(EditorCall.self, parameters) {
                await directory.editor(of: $0.session, process: caller.processID)
            }
        case HookCall.method:
            try await answer(HookCall.self, parameters) {
                HookCall.Result(output: try await directory.hook($0.payload, of: $0.session))
            }
        case SupervisorStatusCall.method:
            try await answer(SupervisorStatusCall.self, parameters) { _ in await status() }
        case SupervisorStopCall.method:
            try await answer(SupervisorStopCall.self, parameters) { call in
                stop(call.release ?? false)
                return Done()
            }
        default:
            throw ControlError(.methodNotFound, "the supervisor knows no call \"\(method)\"")
        }
    }

    private func kill(_ call: KillCall) async throws -> KillCall.Result {
        switch call.target {
        case .session(let id):
            try await directory.kill(id, purge: call.purge)
            return KillCall.Result(killed: [id], failures: [])
        case .all:
            return await killAll(directory.ids(unusedFor: nil), purge: call.purge)
        case .olderThan(let milliseconds):
            return await killAll(directory.ids(unusedFor: .milliseconds(milliseconds)), purge: call.purge)
        }
    }

    private func killAll(_ ids: [String], purge: Bool) async -> KillCall.Result {
        let failures = await forEach(ids) { id, directory throws(SessionError) in try await directory.kill(id, purge: purge) }
        return KillCall.Result(killed: ids.filter { failures[$0] == nil }, failures: list(failures, of: ids))
    }

    private func restart(_ call: RestartCall) async throws -> RestartCall.Result {
        if let id = call.session {
            try await directory.session(id).restart(fresh: call.fresh)
            return RestartCall.Result(restarted: [id], failures: [])
        }
        let ids = await directory.idsToRestart()
        let failures = await forEach(ids) { id, directory throws(SessionError) in
            try await directory.session(id).restart(fresh: call.fresh)
        }
        return RestartCall.Result(restarted: ids.filter { failures[$0] == nil }, failures: list(failures, of: ids))
    }

    /// Several at a time; a session with which it cannot be done does not keep the others.
    /// - Returns: why it could not, by session.
    private func forEach(
        _ ids: [String], _ body: @escaping @Sendable (String, SessionDirectory) async throws(SessionError) -> Void
    ) async -> [String: String] {
        var failures: [String: String] = [:]
        await withTaskGroup(of: (String, String?).self) { group in
            var rest = ids.makeIterator()
            func addNext() {
                guard let id = rest.next() else { return }
                group.addTask { [directory] in
                    do throws(SessionError) {
                        try await body(id, directory)
                        return (id, nil)
                    } catch {
                        return (id, error.message)
                    }
                }
            }
            for _ in 0..<16 { addNext() }
            for await (id, failure) in group {
                failures[id] = failure
                addNext()
            }
        }
        return failures
    }

    private func list(_ failures: [String: String], of ids: [String]) -> [SessionFailure] {
        ids.compactMap { id in failures[id].map { SessionFailure(session: id, message: $0) } }
    }

    private func answer<Call: ControlCall>(
        _ type: Call.Type, _ parameters: JSON, by body: (Call) async throws -> Call.Result
    ) async throws(ControlError) -> JSON {
        let call: Call
        do {
            call = try parameters.decode(Call.self)
        } catch {
            throw ControlError(.invalidParameters, "\(Call.method): \(error)")
        }
        do {
            return try JSON.encode(try await body(call))
        } catch let error as SessionError {
            throw ControlError(error.code == .notFound ? .sessionNotFound : .failed, error.message)
        } catch is CancellationError {
            throw ControlError(.disconnected, "the caller left")
        } catch {
            throw ControlError(.internalError, "\(Call.method): \(error)")
        }
    }
}
