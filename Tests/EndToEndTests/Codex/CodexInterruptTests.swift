import TestSupport
import Testing

/// A turn of the real Codex, stopped.
@Suite struct CodexInterruptTests {
    enum Moment: CaseIterable, CustomTestStringConvertible {
        case beforeAnswer, streaming, tool

        var testDescription: String {
            switch self {
            case .beforeAnswer: "before the first word"
            case .streaming: "while the answer streams"
            case .tool: "in a tool"
            }
        }

        func message(_ place: Workplace) -> String {
            switch self {
            case .beforeAnswer: "HANG 100"
            case .streaming: "SLOW 60 alpha" + String(repeating: " beta gamma delta", count: 40)
            case .tool: "TOOL sleep \(seconds(place))"
            }
        }

        /// By which the tool is told from other tests' ones.
        private func seconds(_ place: Workplace) -> String { "1\(place.home.path.filter(\.isNumber).prefix(8))" }

        /// Whether the tool runs.
        func isRunning(_ place: Workplace) -> Bool { place.runs(["sleep", seconds(place)]) }

        func isReached(_ place: Workplace) async throws {
            switch self {
            case .beforeAnswer, .streaming: try await place.asked(message(place))
            case .tool: try await eventually("the tool") { isRunning(place) }
            }
        }
    }

    @Test("the turn ends at once, with all that it ran, and the next message arrives as it is", arguments: Moment.allCases)
    func interrupted(_ moment: Moment) async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            async let asked = place.run("ask", id, moment.message(place))
            try await moment.isReached(place)
            let start = ContinuousClock.now
            #expect(try await place.must("interrupt", id) == "Interrupted \(id)")
            #expect(ContinuousClock.now - start < .seconds(8))
            #expect(try await place.must("status", id) == "idle")
            #expect(!Moment.tool.isRunning(place))
            let result = try await asked
            #expect(result.exit.status == 1)
            #expect(result.errorText == "Codex turn interrupted\n")
            #expect(try await place.expect(1, "wait", id).errorText == "Codex turn interrupted\n")
            #expect(try await place.record(id)["lastTurnStatus"] == "interrupted")
            #expect(try await place.must("ask", id, "SAY first\nafter") == "first\nafter")
            #expect(try await place.received(id) == [moment.message(place), "SAY first\nafter"])
            #expect(try await place.must("interrupt", id) == "Nothing to interrupt on \(id)")
        }
    }

    @Test("the message behind an interrupted turn is delivered")
    func queueGoesOn() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            async let asked = place.run("ask", id, Moment.streaming.message(place))
            try await Moment.streaming.isReached(place)
            async let behind = place.must("ask", id, "SAY behind")
            try await place.queued(1, in: id)
            try await place.must("interrupt", id)
            #expect(try await asked.exit.status == 1)
            #expect(try await behind == "behind")
        }
    }

    @Test("right after send, an interrupt stops the turn, and the next message comes whole")
    func rightAfterSend() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            for number in 1...6 {
                try await place.must("send", id, "SLOW 60 number \(number) goes on and on")
                #expect(try await place.must("interrupt", id) == "Interrupted \(id)")
                #expect(try await place.expect(1, "wait", id).errorText == "Codex turn interrupted\n")
                #expect(try await place.must("ask", id, "SAY after \(number)") == "after \(number)")
            }
        }
    }

    @Test("several at once interrupt a turn once, and all are told when it has ended")
    func several() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            try await place.must("send", id, "HANG 100")
            try await place.asked("HANG 100")
            let words = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 1...5 { group.addTask { try await place.must("interrupt", id) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(words.contains("Interrupted \(id)"))
            #expect(Set(words).isSubset(of: ["Interrupted \(id)", "Nothing to interrupt on \(id)"]))
            #expect(try await place.must("ask", id, "SAY after") == "after")
        }
    }

    @Test("kill in the middle of a turn ends what it runs")
    func killed() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            async let asked = place.run("ask", id, Moment.tool.message(place))
            try await Moment.tool.isReached(place)
            #expect(try await place.must("kill", id) == "Killed session \(id)")
            #expect(!Moment.tool.isRunning(place))
            #expect(try await asked.exit.status == 1)
            try await eventually("the end of the app-server") { place.appServers().isEmpty }
        }
    }
}
