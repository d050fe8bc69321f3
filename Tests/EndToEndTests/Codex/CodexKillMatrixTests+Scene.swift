import EventLoop
import Foundation
import JSON
import TestSupport
import Testing

extension CodexKillMatrixTests {
    /// A session that has answered once, and the processes that are going to end.
    struct Scene: Sendable {
        let place: Workplace
        let id: String
        let victim: CodexVictim
        private let victims: CodexVictims
        private let thread: String

        init(_ victim: CodexVictim, approvalPolicy: String, in place: Workplace) async throws {
            self.place = place
            self.victim = victim
            id = try await place.create("--approval-policy", approvalPolicy)
            #expect(try await place.must("ask", id, "SAY ready") == "ready")
            thread = try await place.thread(id)
            victims = try await victim.processes(of: id, in: place)
        }

        /// Ends the victims.
        /// - Returns: when.
        @discardableResult
        func end() async throws -> ContinuousClock.Instant {
            let now = ContinuousClock.now
            try await victims.end()
            return now
        }

        /// A command that waits for the newest turn.
        func wait() -> Task<Command.Result, any Error> {
            Task { [place, id] in try await place.run("wait", id, timeLimit: .seconds(60)) }
        }

        /// Expects that a wait tells that the turn was cut off.
        func expectCutOff(_ waiting: Task<Command.Result, any Error>, since end: ContinuousClock.Instant) async throws {
            let waited = try await waiting.value
            let time = ContinuousClock.now - end
            #expect(waited.exit.status == 1)
            #expect(waited.errorText.contains("Codex turn cut off: "), "\(waited.errorText)")
            print("\(victim): known after \(time)")
            // A second is what it may take where nothing else runs.
            #expect(time < .seconds(15))
            #expect(try await place.status(id)["turn"]?["state"] == "cut_off")
        }

        /// Returns when Codex has this message in the thread's rollout.
        func isWritten(_ message: String) async throws {
            let rollout = try #require(try await place.status(id)["transcript"]?.string)
            try await eventually("\(message) in the rollout") {
                String(decoding: try System.readFile(rollout), as: UTF8.self).contains(message)
            }
        }

        /// The requests for the goal so far.
        func goalTurns() async throws -> Int {
            await place.model?.requests { request in
                request.conversation?.items.contains { if case .goal = $0 { true } else { false } } == true
                    && request.prompt != "SAY after"
            }.count ?? 0
        }

        /// Expects that the session answers, in the same thread, and that the model has received exactly these
        /// messages of its user, in order, between the first one and the last.
        func goesOn(after messages: [String]) async throws {
            #expect(try await place.must("ask", id, "SAY after") == "after")
            #expect(try await place.thread(id) == thread)
            #expect(try await place.received(id) == ["SAY ready"] + messages + ["SAY after"])
            let last = await place.model?.requests { $0.prompt == "SAY after" }.first?.conversation
            #expect(last?.prompts == ["SAY ready"] + messages + ["SAY after"])
            try await victims.areGone()
        }
    }

    static func with(_ victim: CodexVictim, approvalPolicy: String = "never", _ body: (Scene) async throws -> Void) async throws {
        try await Workplace.with(.codex) { place in try await body(Scene(victim, approvalPolicy: approvalPolicy, in: place)) }
    }
}

/// A command of the agent's that tells that it runs, and goes on when it is let.
struct CommandGate {
    private let program: String
    private let reached: String
    private let opened: String

    init(_ name: String, in place: Workplace) throws {
        program = "\(place.home.path)/\(name)"
        reached = program + ".reached"
        opened = program + ".opened"
        // It also ends with the home.
        let script = """
            #!/bin/sh
            echo $$ >> \(reached)
            until [ -e \(opened) ] || [ ! -d \(place.home.path) ]; do sleep 0.05; done
            echo \(name) is done

            """
        try System.replace(program, with: Array(script.utf8))
        try System.setPermissions(program, 0o700)
    }

    /// What the agent is to be told.
    var message: String { "TOOL \(program)" }

    /// The command's processes so far.
    private var processes: [Int32] {
        let text = (try? System.readFile(reached)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.components(separatedBy: "\n").dropLast().compactMap { Int32($0) }
    }

    /// How often the command has been run.
    var runs: Int { processes.count }

    /// Returns when the command runs.
    func isReached() async throws {
        try await eventually("the agent to come to \(reached)", deadline: .seconds(60)) { runs > 0 }
    }

    /// Lets the command end, and returns when it has.
    func open() async throws {
        try System.replace(opened, with: [])
        try await eventually("the end of \(program)") { processes.compactMap(ProcessIdentity.of).isEmpty }
    }
}
