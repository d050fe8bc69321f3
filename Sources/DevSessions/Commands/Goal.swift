import ArgumentParser
import Control
import EventLoop
import Sessions

struct Goal: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "goal", abstract: "Show or change what a session works towards, turn after turn. (Codex sessions only)",
        discussion: "With an objective, the session begins to work on it at once.")

    @Argument(help: "The session.")
    var id: String

    @Argument(help: "What the session is to work towards.")
    var objective: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("How many tokens it may use.", valueName: "n"))
    var budget: String?

    @Option(
        name: [.customShort("f", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("Read the objective from a file, or from standard input.", valueName: "path|-"))
    var file: String?

    @Flag(help: "Finish the turn that runs, and begin no other.")
    var pause = false

    @Flag(help: "Go on.")
    var resume = false

    @Flag(help: "Remove the goal.")
    var clear = false

    @Flag(help: "Print the goal as JSON.")
    var json = false

    /// In the npm tool's (0.4.4) layout: `tokenBudget` is there also when there is none.
    private struct Report: Encodable {
        let goal: SessionGoal

        enum CodingKeys: String, CodingKey {
            case threadId, objective, status, tokenBudget, tokensUsed, timeUsedSeconds, createdAt, updatedAt
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(goal.threadId, forKey: .threadId)
            try container.encode(goal.objective, forKey: .objective)
            try container.encode(goal.status, forKey: .status)
            try container.encode(goal.tokenBudget, forKey: .tokenBudget)
            try container.encode(goal.tokensUsed, forKey: .tokensUsed)
            try container.encode(goal.timeUsedSeconds, forKey: .timeUsedSeconds)
            try container.encode(goal.createdAt, forKey: .createdAt)
            try container.encode(goal.updatedAt, forKey: .updatedAt)
        }
    }

    func run() throws {
        let result = try Invocation.call(GoalCall(session: id, change: try change()))
        if clear {
            try Output.print(json ? #"{"cleared":\#(result.cleared)}"# : result.cleared ? "Cleared goal for \(id)" : "No goal to clear for \(id)")
        } else if let goal = result.goal {
            if json { try Output.print(json: Report(goal: goal)) } else { try Output.print(Self.lines(goal)) }
        } else {
            try Output.print(json ? "null" : "No goal set for \(id)")
        }
    }

    private func change() throws(ControlError) -> GoalChange {
        let objective = try self.givenObjective()
        guard [pause, resume, clear].count(where: { $0 }) <= 1 else { throw ControlError(.failed, "Use only one of --pause, --resume, --clear") }
        guard !clear || objective == nil && budget == nil else {
            throw ControlError(.failed, "--clear cannot be combined with an objective or --budget")
        }
        guard !(pause || resume) || objective == nil else {
            throw ControlError(.failed, "--pause/--resume cannot be combined with an objective")
        }
        var tokens: Int?
        if let budget {
            tokens = Int(budget)
            guard tokens ?? 0 > 0 else { throw ControlError(.failed, "--budget must be a positive integer") }
        }
        if clear { return .clear }
        let status = pause ? "paused" : resume || objective != nil ? "active" : nil
        return objective == nil && status == nil && tokens == nil ? .show : .set(objective: objective, status: status, budget: tokens)
    }

    private func givenObjective() throws(ControlError) -> String? {
        guard let file else { return objective.isEmpty ? nil : objective.joined(separator: " ").trimmed }
        guard objective.isEmpty else { throw ControlError(.failed, "Provide either an objective or --file, not both") }
        let text = try MessageSource.contents(of: file).trimmed
        guard !text.isEmpty else { throw ControlError(.failed, "Objective file is empty. Provide a non-empty objective.") }
        return text
    }

    private static func lines(_ goal: SessionGoal) -> String {
        [
            "objective: \(goal.objective)", "status: \(goal.status)", "tokens used: \(goal.tokensUsed)",
            "token budget: \(goal.tokenBudget.map(String.init) ?? "none")", "time used: \(goal.timeUsedSeconds)s",
        ].joined(separator: "\n")
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
