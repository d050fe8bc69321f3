import JSON
import TestSupport
import Testing

/// Many threads and callers on one connection to the real Codex.
@Suite struct CodexVolumeTests {
    @Test("fifty sessions work at once on one connection, and each ask gets its own answer")
    func fifty() async throws {
        try await Workplace.with(.codex) { place in
            let folder = try place.home.makeWorkFolder("shared")
            let ids = try await place.inParallel(1...50) { number in
                try await place.must("create", "-q", "--cli", "codex", "--path", folder, "--id", "many-\(number)")
            }
            #expect(Set(ids).count == 50)
            #expect(place.appServers().count == 1)
            for round in 1...3 {
                let answers = try await place.inParallel(ids) { id in
                    let message = switch round {
                    case 1: "SAY answer of \(id)"
                    case 2: "SLOW 3 answer of \(id)"
                    default: "TOOL sleep 1; echo answer of \(id)"
                    }
                    return try await place.must("ask", id, message)
                }
                #expect(answers.sorted() == ids.map { (round == 3 ? "tool done: " : "") + "answer of \($0)" }.sorted())
            }
            for id in ids.prefix(5) {
                #expect(try await place.received(id)
                    == ["SAY answer of \(id)", "SLOW 3 answer of \(id)", "TOOL sleep 1; echo answer of \(id)"])
            }
            #expect(try await place.must("kill", "--all").hasSuffix("Killed 50 sessions"))
            try await eventually("the end of the server") { place.appServers().isEmpty }
        }
    }

    @Test("fifty sessions are waited for together while they all work")
    func waitTogether() async throws {
        try await Workplace.with(.codex) { place in
            let folder = try place.home.makeWorkFolder("shared")
            let ids = try await place.inParallel(1...50) { number in
                try await place.must("create", "-q", "--cli", "codex", "--path", folder, "--id", "many-\(number)")
            }
            _ = try await place.inParallel(ids) { try await place.must("send", $0, "SLOW 5 at last") }
            let result = try await place.run(["wait"] + ids)
            #expect(result.isSuccess)
            #expect(result.outputText == ids.map { "\($0): completed\n" }.joined())
        }
    }

    @Test("many callers on one session get each their own answer, in the order in which they came")
    func oneSession() async throws {
        try await Workplace.with(.codex) { place in
            let id = try await place.create()
            let numbers = Array(1...12)
            let answers = try await place.inParallel(numbers) { number in
                (number, try await place.must("ask", id, number % 3 == 0 ? "TOOL echo \(number)" : "SAY \(number)"))
            }
            for (number, answer) in answers { #expect(answer == (number % 3 == 0 ? "tool done: \(number)" : "\(number)")) }
            #expect(try await place.received(id).count == numbers.count)
            #expect(try await Set(place.received(id)).count == numbers.count)
        }
    }
}

extension Workplace {
    /// Does something for all at once.
    fileprivate func inParallel<Element: Sendable, Result: Sendable>(
        _ elements: some Sequence<Element>, _ body: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { group in
            for element in elements { group.addTask { try await body(element) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}
