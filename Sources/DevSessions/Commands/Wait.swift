import ArgumentParser
import Control
import Sessions

struct Wait: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until sessions' turns end or need input.",
        discussion: """
            Exit codes: 0 completed, 1 the turn failed or was interrupted or the agent is gone, 3 a session needs input \
            (the question is printed), 124 time is over. With several sessions, 1 comes before 124 and 124 before 3.
            """)

    @Argument(help: "The sessions.")
    var ids: [String]

    @Flag(help: "Return when one of the sessions is done, instead of all.")
    var any = false

    @OptionGroup var limit: TimeLimit

    @Option(
        name: [.customShort("i", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Accepted for compatibility: nothing is polled.", valueName: "seconds"))
    var interval = "2"

    @Flag(help: "Wait until the session no longer works towards its goal, and print the goal's status. (Codex sessions only)")
    var goal = false

    @Flag(help: "Wait for the turn that runs, or else the next to begin. (Codex sessions only)")
    var nextTurn = false

    @Flag(help: "Print how the turns came out as JSON.")
    var json = false

    func run() throws {
        let milliseconds = try limit.milliseconds()
        guard let seconds = Double(interval), seconds > 0, seconds.isFinite else {
            throw ControlError(.failed, "--interval must be a positive number")
        }
        guard !(goal && nextTurn) else { throw ControlError(.failed, "Use only one of --goal, --next-turn") }
        let invocation = try Invocation.current()
        let client = try invocation.launcher.connect()
        let previous = nextTurn ? try previousTurns(client) : nil
        if goal {
            guard let id = ids.first, ids.count == 1 else { throw ControlError(.failed, "--goal waits are for one session at a time") }
            throw CommandStatus(code: try GoalWait(launcher: invocation.launcher, id: id, milliseconds: milliseconds).run(on: client))
        }
        let call = WaitCall(
            sessions: ids, any: any, timeoutMilliseconds: milliseconds, turn: nil, next: nextTurn ? true : nil, after: previous,
            caller: invocation.caller)
        let result = try TurnWait(launcher: invocation.launcher, call: call).run(on: client)
        throw CommandStatus(code: try show(result))
    }

    /// Turns by session, after which the next one is. With messages in the queue the running turn is not known here:
    /// the supervisor takes that one.
    private func previousTurns(_ client: ControlClient) throws(ControlError) -> [String: Int64] {
        var previous: [String: Int64] = [:]
        for id in ids {
            let status = try client.call(StatusCall(session: id))
            guard status.agent == .codex else {
                throw ControlError(.failed, "--next-turn waits are only supported for codex sessions; \(id) is a \(status.agent) session")
            }
            if let turn = status.turn, status.queued == 0 { previous[id] = turn.state.isFinal ? turn.id : turn.id - 1 }
        }
        return previous
    }

    /// - Returns: the exit code.
    private func show(_ result: WaitCall.Result) throws -> Int32 {
        let verdicts = result.outcomes.map { ($0.session, TurnVerdict($0)) }
        // Of several, one that is done ends a wait for any of them.
        let timedOut = any && !verdicts.isEmpty ? [] : result.timedOut
        let code = TurnVerdict.worst(of: verdicts.map(\.1.exitCode) + timedOut.map { _ in Control.ExitCode.timedOut })
        if json {
            try Output.print(json: result)
            return code
        }
        for (id, verdict) in verdicts {
            let prefix = ids.count > 1 ? "\(id): " : ""
            if let text = verdict.result { try Output.print(prefix + text) }
            if let text = verdict.complaint { Output.complain(prefix + text) }
        }
        for id in timedOut { Output.complain("Timed out waiting for \(nextTurn ? "the next turn on " : "")\(id)") }
        return code
    }
}
