import Foundation
import JSON
import Testing

@testable import Transcripts

/// A folder of the real program's, with what that itself says of each thread (`thread/read`): `Fixtures/codex-home/INDEX.md`.
private struct RecordedHome {
    struct Thread: Codable {
        struct Turn: Codable {
            let id: String
            let status: String
            let messages: [[String]]
        }
        let thread: String
        /// As Codex says, which names the file as it was before it was compressed.
        let path: String
        let turns: [Turn]
    }

    let path = Bundle.module.url(forResource: "Fixtures/codex-home", withExtension: nil)!.path

    var threads: [String: Thread] {
        get throws {
            try JSONDecoder().decode([String: Thread].self, from: Data(contentsOf: URL(filePath: path + "/threads.json")))
        }
    }

    func history(of thread: Thread) -> CodexHistory {
        CodexHistory(thread: thread.thread, search: RolloutSearch(home: path))
    }

    static let names = ["archived", "forked", "goal", "killed", "legacy", "reverted", "turns"]
}

@Suite("What a Codex thread says")
struct CodexHistoryTests {
    private let home = RecordedHome()

    @Test("the files say what Codex itself says", arguments: RecordedHome.names)
    func threads(_ name: String) throws {
        #expect(try home.threads.keys.sorted() == RecordedHome.names)
        let thread = try #require(try home.threads[name])
        let history = home.history(of: thread)
        let path = home.path + "/" + thread.path
        #expect(history.rollout == (["archived", "goal", "legacy"].contains(name) ? path + ".zst" : path))
        let turns = try history.turns()
        #expect(turns.map(\.id) == thread.turns.map(\.id))
        #expect(turns.map(\.status) == thread.turns.map(\.status))
        #expect(turns.map { $0.messages.map { [$0.role == .user ? "user" : "agent", $0.text] } } == thread.turns.map(\.messages))
        #expect(turns.allSatisfy { $0.startedAt != nil && ($0.endedAt != nil || $0.end == .cutOff) })
    }

    @Test("the latest texts are the thread's and the turn's last ones", arguments: RecordedHome.names)
    func latest(_ name: String) throws {
        let thread = try #require(try home.threads[name])
        let history = home.history(of: thread)
        let turns = try history.turns()
        let all = turns.flatMap(\.agentTexts)
        for count in 1...(all.count + 1) { #expect(try history.lastTexts(count: count) == all.suffix(count)) }
        // A turn of the thread from which this one was forked is none of its own.
        for turn in turns where name != "forked" {
            #expect(try history.lastTexts(count: 9, turn: turn.id!) == turn.agentTexts)
            #expect(try history.lastTexts(count: 1, turn: turn.id!) == turn.agentTexts.suffix(1))
        }
    }

    @Test("what was taken back is no part of the thread, but still the answer of its turn")
    func takenBack() throws {
        let thread = try #require(try home.threads["reverted"])
        let history = home.history(of: thread)
        #expect(RolloutSearch(home: home.path).rollouts(of: thread.thread).count == 3)
        let first = RolloutSearch(home: home.path).rollouts(of: thread.thread)[2]
        let turns = try CodexHistory(file: first).turns()
        #expect(turns.map(\.agentTexts) == [["r0"], ["r1"], ["r2"]])
        #expect(try !history.turns().flatMap(\.agentTexts).contains("r2"))
        #expect(try history.lastTexts(count: 1, turn: turns[2].id!) == ["r2"])
    }

    @Test("names that senders gave to their messages are kept")
    func clientIDs() throws {
        let thread = try #require(try home.threads["turns"])
        #expect(try home.history(of: thread).turns().flatMap(\.messages).compactMap(\.clientID) == ["message-1"])
    }

    @Test("a thread without a rollout says nothing")
    func missing() throws {
        for home in [home.path, "/nonexistent"] {
            for thread in ["01a21028-0000-7000-8000-000000000000", ""] {
                let history = CodexHistory(thread: thread, search: RolloutSearch(home: home), recorded: "/nonexistent/file.jsonl")
                #expect(history.rollout == nil)
                #expect(try history.turns() == [])
                #expect(try history.lastTexts(count: 1) == [])
                #expect(try history.lastTexts(count: 1, turn: "turn") == [])
            }
        }
    }

    @Test("a past that is not there is said, unless it is not needed")
    func incomplete() throws {
        let home = try ScratchHome()
        try home.write(thread: "b", [
            RolloutLine.meta("b", ordinal: 5, base: ["thread_id": "a", "end_ordinal_exclusive": 5]),
            RolloutLine.started("2", ordinal: 6), RolloutLine.agentItem("two", turn: "2", ordinal: 7),
        ])
        #expect(try home.history("b").lastTexts(count: 1) == ["two"])
        #expect(try home.history("b").lastTexts(count: 9, turn: "2") == ["two"])
        for read in [{ _ = try home.history("b").turns() }, { _ = try home.history("b").lastTexts(count: 2) }] {
            #expect(throws: TranscriptError.self, performing: read)
        }
        // What came after the place at which the other one was left does not count.
        try home.write(thread: "a", [
            RolloutLine.meta("a"), RolloutLine.started("1", ordinal: 1), RolloutLine.agentItem("one", turn: "1", ordinal: 2),
            RolloutLine.completed("1", ordinal: 4), RolloutLine.started("3", ordinal: 5),
            RolloutLine.agentItem("three", turn: "3", ordinal: 6),
        ])
        #expect(try home.history("b").turns().map(\.summary) == ["1 < one -> completed", "2 < two -> cut off"])
        #expect(try home.history("b").lastTexts(count: 9) == ["one", "two"])
    }

    @Test("a past that leads in a circle is no past")
    func circle() throws {
        let home = try ScratchHome()
        for (thread, base) in [("a", "b"), ("b", "a")] {
            try home.write(thread: thread, [
                RolloutLine.meta(thread, ordinal: 5, base: ["thread_id": .string(base), "end_ordinal_exclusive": 5])
            ])
        }
        #expect(throws: TranscriptError.self) { try home.history("a").turns() }
    }

    @Test("it makes no difference that Codex compresses and archives the files meanwhile")
    func moving() async throws {
        let home = try ScratchHome()
        let lines = [RolloutLine.meta("a"), RolloutLine.started("1", ordinal: 1), RolloutLine.agentItem("one", turn: "1", ordinal: 2)]
        try home.write(thread: "a", lines)
        let mover = Task.detached {
            let steps = [
                { try home.compress("a", lines) }, { try home.archive("a.jsonl.zst") },
                { try home.write(thread: "a", lines) }, { try home.removeArchived("a.jsonl.zst") },
            ]
            while !Task.isCancelled {
                for step in steps {
                    try step()
                    // Faster than any Codex, but slower than a reader's second look.
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
        }
        for _ in 0..<300 {
            #expect(try home.history("a").turns().map(\.agentTexts) == [["one"]])
            #expect(try home.history("a").lastTexts(count: 1) == ["one"])
            #expect(try home.history("a").lastTexts(count: 1, turn: "1") == ["one"])
        }
        mover.cancel()
        try await mover.value
    }

    @Test("a damaged file is no empty conversation")
    func damaged() throws {
        let recording = try RolloutRecording("04-historymode-paginated")
        let file = try ScratchRollout(bytes: recording.bytes, compressed: true)
        let bytes = try Data(contentsOf: URL(filePath: file.path))
        try bytes.prefix(bytes.count - 9).write(to: URL(filePath: file.path))
        for read in [{ _ = try file.history.turns() }, { _ = try file.history.lastTexts(count: 1) }] {
            let error = #expect(throws: TranscriptError.self, performing: read)
            #expect(error?.code == .damaged)
        }
    }
}

extension CodexTurn {
    /// In Codex's words.
    fileprivate var status: String {
        switch end {
        case .completed: "completed"
        case .failed: "failed"
        case .aborted, .cutOff: "interrupted"
        case nil: "inProgress"
        }
    }
}

/// A folder as Codex's, with threads written by hand.
private final class ScratchHome: Sendable {
    private let path: String
    private var day: String { path + "/sessions/2026/11/25/" }
    private var archive: String { path + "/archived_sessions/" }

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/codex-\(UUID().uuidString)"
        for folder in [day, archive] { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private static func name(_ end: String) -> String { "rollout-2026-11-25T00-00-00-\(end)" }

    func write(thread: String, _ lines: [JSON]) throws {
        try Data(lines.lines).write(to: URL(filePath: day + Self.name(thread + ".jsonl")), options: .atomic)
    }

    /// As Codex does: the compressed file is whole when it takes its name, and only then the other one goes.
    func compress(_ thread: String, _ lines: [JSON]) throws {
        let name = day + Self.name(thread + ".jsonl")
        try Data(Zstandard.compress(lines.lines)).write(to: URL(filePath: name + ".zst"), options: .atomic)
        try FileManager.default.removeItem(atPath: name)
    }

    func archive(_ end: String) throws {
        try FileManager.default.moveItem(atPath: day + Self.name(end), toPath: archive + Self.name(end))
    }

    func removeArchived(_ end: String) throws { try FileManager.default.removeItem(atPath: archive + Self.name(end)) }

    func history(_ thread: String) -> CodexHistory {
        CodexHistory(thread: thread, search: RolloutSearch(home: path))
    }
}
