/// Makes commands run only while the expected process is in a pane, and tells from the replies whether
/// they did.
///
/// The test and the commands are one tmux command, so that nothing can change between them. A paste into
/// a dead pane would end a tmux 3.3a server with everything in it.
struct PaneGuard {
    enum Requirement {
        /// The process may have ended.
        case known
        /// The process must be running.
        case alive
    }

    private static let passed = "dev-sessions-passed"
    private static let refused = "dev-sessions-refused"

    let pane: PaneIdentity
    let requirement: Requirement

    func command(_ commands: [TmuxCommand]) -> TmuxCommand {
        let isExpected = "#{==:#{pane_id}:#{pane_pid},\(pane.id):\(pane.processID)}"
        let condition =
            switch requirement {
            case .known: isExpected
            case .alive: "#{&&:\(isExpected),#{==:#{pane_dead},0}}"
            }
        return .when(
            condition, pane: pane.id,
            then: [TmuxCommand("display-message", "-p", Self.passed)] + commands,
            otherwise: [
                TmuxCommand(
                    "display-message", "-p", "-t", pane.id, "\(Self.refused):#{pane_id}:#{pane_pid}:#{pane_dead}")
            ])
    }

    /// The replies of the guarded commands, out of those of one or more lines of `commandCount` commands.
    ///
    /// - Throws: why the commands did not run, or the first of them that failed.
    func replies(
        in replies: [ControlModeReply], commandCount: Int, while operation: String
    ) throws(TmuxError) -> [ControlModeReply] {
        var rest = replies[...]
        var result: [ControlModeReply] = []
        while !rest.isEmpty {
            let head = rest.prefix(2)
            rest = rest.dropFirst(2)
            if let failed = head.first(where: \.isError) { throw .commandFailed(failed, while: operation) }
            guard head.count == 2, let verdict = head.last?.lines.first else {
                throw TmuxError(.unexpectedAnswer, while: operation, reason: "tmux did not say whether it ran")
            }
            if verdict != Self.passed { throw refusal(verdict, while: operation) }
            let guarded = rest.prefix(commandCount)
            rest = rest.dropFirst(commandCount)
            if let failed = guarded.first(where: \.isError) { throw .commandFailed(failed, while: operation) }
            result += guarded
        }
        return result
    }

    private func refusal(_ verdict: String, while operation: String) -> TmuxError {
        let fields = verdict.split(separator: ":", omittingEmptySubsequences: false)
        guard fields.count == 4, fields[0] == Self.refused else {
            return TmuxError(.unexpectedAnswer, while: operation, reason: verdict)
        }
        if fields[1] != pane.id {
            return TmuxError(.paneGone, while: operation, reason: "there is no pane \(pane.id)")
        }
        if fields[2] != String(pane.processID) {
            return TmuxError(
                .paneReplaced, while: operation,
                reason: "process \(fields[2]) is in pane \(pane.id), not process \(pane.processID)")
        }
        return TmuxError(
            .paneDead, while: operation, reason: "process \(pane.processID) in pane \(pane.id) has ended")
    }
}
