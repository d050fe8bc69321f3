import Control
import JSON
import Sessions
import Testing

struct GoalTests {
    private static let goal = SessionGoal(
        threadId: "t-1", objective: "win the\ngame", status: "active", tokenBudget: nil, tokensUsed: 12, timeUsedSeconds: 3,
        createdAt: 1, updatedAt: 2)

    @Test("a goal is shown as the npm tool shows it, as lines or as JSON")
    func shown() async throws {
        try await Stage.with(script: { _ in [.result(.wire(GoalResult(goal: Self.goal)))] }) { stage async throws in
            #expect(try await stage.run("goal", "a").outputText == """
                objective: win the
                game
                status: active
                tokens used: 12
                token budget: none
                time used: 3s

                """)
            #expect(try await stage.run("goal", "a", "--json").outputText == """
                {
                  "threadId": "t-1",
                  "objective": "win the\\ngame",
                  "status": "active",
                  "tokenBudget": null,
                  "tokensUsed": 12,
                  "timeUsedSeconds": 3,
                  "createdAt": 1,
                  "updatedAt": 2
                }

                """)
        }
    }

    @Test("without a goal, that is said")
    func none() async throws {
        try await Stage.with(script: { _ in [.result(.wire(GoalResult(goal: nil)))] }) { stage async throws in
            #expect(try await stage.run("goal", "a").outputText == "No goal set for a\n")
            #expect(try await stage.run("goal", "a", "--json").outputText == "null\n")
            #expect(try await stage.run("goal", "a", "--clear").outputText == "No goal to clear for a\n")
            #expect(try await stage.run("goal", "a", "--clear", "--json").outputText == "{\"cleared\":false}\n")
        }
    }

    @Test("what is asked for is what the supervisor is told", arguments: [
        ([], .show), (["win", "the", "game"], .set(objective: "win the game", status: "active", budget: nil)),
        (["--pause"], .set(objective: nil, status: "paused", budget: nil)),
        (["--resume", "--budget", "5"], .set(objective: nil, status: "active", budget: 5)),
        (["--budget=7"], .set(objective: nil, status: nil, budget: 7)), (["--clear"], .clear),
        (["--", "--pause"], .set(objective: "--pause", status: "active", budget: nil)),
    ] as [([String], GoalChange)])
    func asked(arguments: [String], change: GoalChange) async throws {
        try await Stage.with(script: { _ in [.result(.wire(GoalResult(goal: Self.goal, cleared: true)))] }) { stage async throws in
            _ = try await stage.command(["goal", "a"] + arguments).run()
            #expect(await stage.supervisor.calls == [.init(method: "goal", parameters: .wire(GoalCall(session: "a", change: change)))])
        }
    }

    @Test("an objective from a file or from standard input is trimmed")
    func fromFile() async throws {
        try await Stage.with(script: { _ in [.result(.wire(GoalResult(goal: Self.goal)))] }) { stage async throws in
            _ = try await stage.run("goal", "a", "--file", "-", input: "\n  do this \n and that\n\n")
            let change = GoalChange.set(objective: "do this \n and that", status: "active", budget: nil)
            #expect(await stage.supervisor.calls == [.init(method: "goal", parameters: .wire(GoalCall(session: "a", change: change)))])
        }
    }
}
