import EventLoop
import JSON
import TestSupport
import Testing

/// Goals of the real Codex: turn after turn, until they are reached or stopped.
@Suite struct CodexGoalTests {
    @Test("a goal is worked on turn after turn, and wait --goal prints its end")
    func reached() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.must("goal", id) == "No goal set for \(id)")
            #expect(try await place.must("goal", id, "--json") == "null")
            let objective = "GOALSTEP 4 SLOW 0.5 step after step"
            let set = try await place.must("goal", id, "GOALSTEP", "4", "SLOW 0.5", "step after step").split(separator: "\n")
            #expect(set.count == 5)
            #expect(set[0] == "objective: \(objective)")
            #expect(set[1] == "status: active")
            #expect(set[2].hasPrefix("tokens used: "))
            #expect(set[3] == "token budget: none")
            #expect(set[4].hasPrefix("time used: ") && set[4].hasSuffix("s"))
            // Between two turns nothing runs for a moment: it works all the same.
            async let waiting = place.must("wait", id, "--goal")
            var words: Set<String> = []
            while true {
                let word = try await place.must("status", id)
                guard try await place.goal(id)?["status"] == "active" else { break }
                words.insert(word)
            }
            #expect(words == ["working"])
            #expect(try await waiting == "complete")
            try await place.state("idle", of: id)
            #expect(try await place.must("last-message", id) == "goal finished")
            #expect(try await place.must("last-message", id, "-n", "4", "--json")
                == #"["step after step","step after step","step after step","goal finished"]"#)
            #expect(try await place.turn(id).origin == "agent")
            #expect(try await place.turn(id).state == "completed")
            // The objective is no message of the user's.
            #expect(try await place.received(id) == [])
            #expect(try await place.goalTurns(id) == 4)
            #expect(try await place.must("wait", id, "--goal") == "complete")
            #expect(try await place.must("wait", id) == "completed")
            let goal = try #require(try await place.goal(id))
            #expect(goal.object?.map(\.key) == [
                "threadId", "objective", "status", "tokenBudget", "tokensUsed", "timeUsedSeconds", "createdAt", "updatedAt",
            ])
            #expect(goal["threadId"]?.string == (try await place.thread(id)))
            #expect(goal["status"] == "complete")
            #expect(goal["tokenBudget"] == .null)
            #expect(goal["tokensUsed"]?.int ?? 0 > 0)

            #expect(try await place.must("goal", id, "--clear") == "Cleared goal for \(id)")
            #expect(try await place.must("goal", id, "--clear") == "No goal to clear for \(id)")
            #expect(try await place.must("goal", id, "--clear", "--json") == #"{"cleared":false}"#)
            #expect(try await place.must("ask", id, "SAY as ever") == "as ever")
        }
    }

    @Test("wait covers the turn of a goal that runs, and --next-turn the next one")
    func waitForTurns() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 3 SLOW 1.5 a step")
            #expect(try await place.must("wait", id, "--next-turn") == "completed")
            #expect(try await place.must("last-message", id) == "a step")
            #expect(try await place.must("wait", id, "--goal") == "complete")
        }
    }

    @Test("an objective is taken from a file or standard input, trimmed, and a budget shows")
    func sources() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try place.home.write("\n  GOALSTEP 1\nfrom a file  \n", to: "work/objective")
            #expect(try await place.must("goal", id, "-f", "\(place.home.path)/work/objective").hasPrefix("objective: GOALSTEP 1\nfrom a file\nstatus: active\n"))
            #expect(try await place.must("wait", id, "--goal") == "complete")
            let set = try await place.must("goal", id, "--file", "-", "--budget", "5000000", "--json", input: " GOALSTEP 2 from the input \n")
            let goal = try JSON(parsing: set)
            #expect(goal["objective"] == "GOALSTEP 2 from the input")
            #expect(goal["tokenBudget"] == 5_000_000)
            #expect(try await place.must("wait", id, "--goal") == "complete")
            #expect(try await place.must("goal", id).contains("token budget: 5000000"))
        }
    }

    @Test("what cannot be is refused before anything is asked of Codex", arguments: [
        (["x", "-f", "-"], "Provide either an objective or --file, not both"),
        (["-f", "-"], "Objective file is empty. Provide a non-empty objective."),
        (["--pause", "--resume"], "Use only one of --pause, --resume, --clear"),
        (["--clear", "--budget", "1"], "--clear cannot be combined with an objective or --budget"),
        (["--clear", "x"], "--clear cannot be combined with an objective or --budget"),
        (["--pause", "x"], "--pause/--resume cannot be combined with an objective"),
        (["--budget", "0"], "--budget must be a positive integer"),
        (["--budget", "many"], "--budget must be a positive integer"),
        (["x"], "Session not found: nobody"),
    ])
    func refused(_ arguments: [String], _ complaint: String) async throws {
        try await Workplace.with(.standIn) { place in
            let result = try await place.run(["goal", "nobody"] + arguments, input: Array("  \n".utf8))
            #expect(result.exit.status == 1)
            #expect(result.errorText == complaint + "\n")
        }
    }

    @Test("without a goal there is nothing to change or to wait for, and Claude sessions have none")
    func none() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            #expect(try await place.expect(1, "wait", id, "--goal").errorText == "No goal set for \(id)\n")
            for option in ["--pause", "--resume"] {
                let complaint = try await place.expect(1, "goal", id, option).errorText
                #expect(complaint.hasPrefix("The goal of \(id) could not be read or changed: "))
                #expect(complaint.contains("no goal exists"))
            }
            try place.home.install(Package.executable("stand-in-agent"), as: "claude")
            let claude = try await place.must("create", "-q", "--cli", "claude")
            for arguments in [["goal", claude], ["goal", claude, "an objective"], ["goal", claude, "--clear"], ["wait", claude, "--goal"]] {
                let result = try await place.run(arguments)
                #expect(result.exit.status == 1)
                #expect(result.errorText == "Goals are only supported for codex sessions; \(claude) is a claude session\n")
            }
        }
    }

    @Test("pause lets the turn that runs finish, and resume goes on")
    func pause() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 4 SLOW 2 a step")
            try await eventually("the first turn") { try await place.goalTurns(id) == 1 }
            async let waiting = place.must("wait", id, "--goal")
            #expect(try await place.must("goal", id, "--pause").contains("status: paused"))
            #expect(try await waiting == "paused")
            #expect(try await place.must("wait", id) == "completed")
            try await place.state("idle", of: id)
            #expect(try await place.must("last-message", id, "-n", "9", "--json") == #"["a step"]"#)
            #expect(try await place.goalTurns(id) == 1)
            #expect(try await place.must("ask", id, "SAY meanwhile") == "meanwhile")
            #expect(try await place.goal(id)?["status"] == "paused")
            #expect(try await place.goalTurns(id) == 1)
            #expect(try await place.must("goal", id, "--resume").contains("status: active"))
            #expect(try await place.must("wait", id, "--goal") == "complete")
        }
    }

    @Test("a goal ends with its budget")
    func budget() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 100 SLOW 0.2 a step", "--budget", "10")
            #expect(try await place.must("wait", id, "--goal") == "budgetLimited")
            #expect(try await place.must("goal", id).contains("status: budgetLimited"))
            try await place.state("idle", of: id)
            let turns = try await place.goalTurns(id)
            #expect(turns < 5)
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.goalTurns(id) == turns)
        }
    }

    @Test("a goal whose turn fails is blocked, with the failure told")
    func blocked() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "ERROR 400")
            #expect(try await place.must("wait", id, "--goal") == "blocked")
            #expect(try await place.expect(1, "wait", id).errorText.contains("scripted error 400"))
            #expect(try await place.expect(1, "status", id).errorText.hasPrefix("Codex app-server is in a system error state: "))
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.goal(id)?["status"] == "blocked")
        }
    }

    @Test("an interrupted goal goes no further until it is resumed, and whoever waits is told how")
    func interrupted() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 3 SLOW 3 a step")
            try await eventually("the first turn") { try await place.goalTurns(id) == 1 }
            async let waiting = place.run("wait", id, "--goal")
            #expect(try await place.must("interrupt", id) == "Interrupted \(id)")
            let told = try await waiting
            #expect(told.exit.status == 1)
            #expect(told.errorText
                == "The goal of \(id) is active, but its turn was stopped; go on with `dev-sessions goal \(id) --resume`\n")
            #expect(try await place.must("status", id) == "idle")
            #expect(try await place.expect(1, "wait", id, "--goal").errorText == told.errorText)
            #expect(try await place.must("goal", id, "--resume").contains("status: active"))
            #expect(try await place.must("wait", id, "--goal") == "complete")
        }
    }

    @Test("a goal that is cleared while somebody waits ends the wait, and a wait ends with its time")
    func cleared() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 50 SLOW 1 a step")
            #expect(try await place.expect(124, "wait", id, "--goal", "-t", "1").errorText == "Timed out waiting for goal on \(id)\n")
            async let waiting = place.must("wait", id, "--goal")
            let turns = try await place.goalTurns(id)
            try await eventually("two more turns") { try await place.goalTurns(id) > turns + 1 }
            #expect(try await place.must("goal", id, "--clear", "--json") == #"{"cleared":true}"#)
            #expect(try await waiting == "cleared")
            try await place.state("idle", of: id)
            #expect(try await place.must("goal", id) == "No goal set for \(id)")
        }
    }

    @Test("a message sent during a goal gets its own answer, and the goal goes on")
    func message() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 6 SLOW 1 a step")
            try await eventually("the first turn") { try await place.goalTurns(id) == 1 }
            #expect(try await place.must("ask", id, "SAY by the way") == "by the way")
            #expect(try await place.must("wait", id, "--goal") == "complete")
            #expect(try await place.received(id) == ["SAY by the way"])
        }
    }

    @Test("a goal is not gone on with when the server was killed: it is paused, and says so")
    func serverKilled() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 3 SLOW 5 a step")
            try await eventually("the first turn") { try await place.goalTurns(id) == 1 }
            async let waiting = place.must("wait", id, "--goal")
            async let turn = place.run("wait", id)
            try await [try place.appServer()].kill()
            #expect(try await waiting == "paused")
            #expect(try await turn.exit.status == 1)
            #expect(try await turn.errorText == "Codex turn cut off: the Codex app-server ended during the turn\n")
            #expect(try await place.must("goal", id).contains("status: paused"))
            #expect(try await place.must("status", id) == "idle")
            let turns = try await place.goalTurns(id)
            #expect(try await place.must("ask", id, "SAY meanwhile") == "meanwhile")
            #expect(try await place.goalTurns(id) == turns)
            #expect(try await place.must("goal", id, "--resume").contains("status: active"))
            #expect(try await place.must("wait", id, "--goal") == "complete")
        }
    }

    @Test("a restart of the supervisor changes nothing about a goal")
    func supervisorRestart() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("goal", id, "GOALSTEP 5 SLOW 1 a step")
            try await eventually("the first turn") { try await place.goalTurns(id) == 1 }
            async let waiting = place.must("wait", id, "--goal")
            let supervisor = try await place.supervisorPID()
            try System.kill(supervisor, Signal.kill)
            #expect(try await waiting == "complete")
            #expect(try await place.goalTurns(id) == 5)
            #expect(try await place.must("last-message", id) == "goal finished")
        }
    }
}

extension Workplace {
    /// Nil when there is none.
    fileprivate func goal(_ id: String) async throws -> JSON? {
        let goal = try JSON(parsing: try await must("goal", id, "--json"))
        return goal == .null ? nil : goal
    }

    /// In how many turns the model has been asked to work on a goal.
    fileprivate func goalTurns(_ id: String) async throws -> Int {
        let thread = try await thread(id)
        let requests = await model?.requests { $0.session == thread } ?? []
        return Set(requests.compactMap { request -> Int? in
            guard let items = request.conversation?.items else { return nil }
            return items.count { if case .goal = $0 { true } else { false } }
        }.filter { $0 > 0 }).count
    }
}
