import TestSupport
import Testing

/// Large messages, many of them, and many at once, on the real Claude Code.
@Suite struct DeliveryVolumeTests {
    /// Short answers: the model's words are not what is measured here.
    private static let short = "LEN 3 "

    @Test("random messages arrive one after the other, or are refused by the character's name", arguments: Route.allCases)
    func sequence(route: Route) async throws {
        try await Workplace.with(.claude, stateDirectory: route.stateDirectory) { place in
            let id = try await place.create()
            var random = RandomMessages(seed: 1)
            var expected: [String] = []
            for size in [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 700, 900, 2000, 5000, 10_000] {
                for _ in 0..<2 {
                    let text = random.message(bytes: size)
                    let result = try await place.run("ask", id, "-f", "-", input: text)
                    if result.isSuccess {
                        expected.append(route.arrives(text))
                    } else {
                        #expect(result.errorText.contains("would silently remove or change U+"), "\(result.errorText)")
                    }
                }
            }
            place.expect(try await place.received(id), toBe: expected)
        }
    }

    @Test("100 KB and a megabyte arrive exactly, in one line and in 15,000")
    func large() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            let line = Self.short + String(repeating: "0123456789 abc\tdef \u{1F600}", count: 43_690)
            let lines = Self.short + (0..<15_000).map { "line \($0) \(String(repeating: "x", count: 55)) ~ \\" }.joined(separator: "\n")
            for text in [String(line.prefix(90_000)), String(lines.prefix(100_000)), line, lines] {
                try await place.deliver([text], to: id, by: .editor)
            }
        }
    }

    @Test("a hundred kilobytes can be pasted")
    func largePaste() async throws {
        try await Workplace.with(.claude, stateDirectory: Route.paste.stateDirectory) { place in
            let id = try await place.create()
            let line = Self.short + String(repeating: "0123456789 abc def ~ \u{1F600}", count: 4000)
            let lines = Self.short + (0..<700).map { "line \($0) \(String(repeating: "x", count: 30))" }.joined(separator: "\n")
            try await place.deliver([line, lines], to: id, by: .paste)
        }
    }

    @Test("twenty senders at once to one session: each message once, whole", arguments: Route.allCases)
    func parallel(route: Route) async throws {
        try await Workplace.with(.claude, stateDirectory: route.stateDirectory) { place in
            let id = try await place.create()
            var random = RandomMessages(seed: 2)
            let messages = (0..<20).map { "SAY \($0) " + random.message(bytes: [1, 30, 400, 3000][$0 % 4], anyCharacter: false) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for message in messages {
                    group.addTask {
                        let result = try await place.run("ask", id, "-f", "-", input: message)
                        #expect(result.isSuccess, "\(result.errorText)")
                        let answer = route.arrives(message).dropFirst(4)
                        #expect(result.outputText.utf8.elementsEqual((answer + "\n").utf8), "each ask gets its own answer")
                    }
                }
                try await group.waitForAll()
            }
            let received = try await place.received(id)
            place.expect(received.sorted(by: Self.byNumber), toBe: messages.map(route.arrives))
        }
    }

    @Test("three fresh sessions at once each get their own messages, the first one included")
    func sessions() async throws {
        try await Workplace.with(.claude) { place in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...3 {
                    group.addTask {
                        let id = try await place.create()
                        var random = RandomMessages(seed: UInt64(10 + number))
                        let messages = (0..<6).map { "session \(number), \($0) " + random.message(bytes: 300, anyCharacter: false) }
                        try await place.deliver(messages, to: id, by: .editor)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private static func byNumber(_ one: String, _ other: String) -> Bool {
        func number(_ text: String) -> Int { text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? -1 }
        return number(one) < number(other)
    }
}
