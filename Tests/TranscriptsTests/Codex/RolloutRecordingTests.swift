import JSON
import Testing

@testable import Transcripts

/// What happened in each recording, written down by hand from what was done to make it.
private let turns: [(name: String, turns: [String])] = [
    (
        "01-basic-say-tool-interrupt",
        [
            "79db > SAY hello world < hello world -> completed",
            "b3c5 > TOOL echo tool-output-$((40+2)); ls /non… < done: tool-output-42⏎ls: cannot access '… -> completed",
            "830e > TOOL for i in 1 2 3; do echo tick $i; sl… < done: tick 1⏎tick 2⏎tick 3 -> completed",
            "924d > SLOW 20 this is a slow message that keep… -> interrupted",
        ]
    ),
    (
        "02-interrupt-steer-tui",
        [
            "c33c > SAY one < one -> completed",
            "0c79 > SLOW 2 two < two -> completed",
            "9d0f > SLOW 20 this is a slow message that keep… -> interrupted",
            "cf82 > TOOL sleep 31; echo woke -> interrupted",
            "b2da > SLOW 3 slow text before the steer > SAY steered answer < steered answer -> completed",
            "9ea1 > SLOW 3 first of two starts > SAY second start < second start -> completed",
            "b752 > SAY typed by the human < typed by the human -> completed",
            "4de1 > TOOL echo from-supervisor < done: from-supervisor -> completed",
            "8f12 > ESC touch /home/dev/work/tui1 < done:  -> completed",
            "39da > SLOW 6 keeps running while human leaves < keeps running while human leaves -> completed",
        ]
    ),
    ("03-historymode-legacy", ["7e22 > SAY m1 < m1 -> completed", "f9d5 > TOOL echo hi < done: hi -> completed"]),
    ("04-historymode-paginated", ["c4f3 > SAY m1 < m1 -> completed", "58a0 > TOOL echo hi < done: hi -> completed"]),
    (
        "05-crash-slow",
        [
            "0593 > SAY first turn of slow < first turn of slow -> completed",
            "cd8f > SLOW 30 slow text that is cut by the kil… -> cut off",
            "85cd > SAY again slow < again slow -> completed",
            "93a8 > SLOW 6 during sigterm < during sigterm -> completed",
        ]
    ),
    (
        "07-crash-appr",
        [
            "9dd1 > SAY first turn of appr < first turn of appr -> completed",
            "c7b4 > ESC touch /home/dev/work/k1 -> cut off",
            "072d > SAY again appr < again appr -> completed",
        ]
    ),
    ("08-crash-idle", ["3d53 > SAY first turn of idle < first turn of idle -> completed"]),
    (
        "10-errors",
        [
            "5157 > ERROR 400 -> failed other",
            "2530 > SAY recovered < recovered -> completed",
            "a9a4 > ERROR 401 -> failed http_connection_failed",
            "b3b9 > FAIL context_length_exceeded too long -> failed context_window_exceeded",
            "9c83 > FAIL rate_limit_exceeded mock limit, try… -> failed rate_limit_exceeded",
            "ae46 > FAIL insufficient_quota no money -> failed usage_limit_exceeded",
        ]
    ),
    (
        "11-approvals",
        [
            "67f0 > TOOL echo inside; cat /proc/self/status … < done: inside⏎Seccomp:\t2⏎Seccomp_filters:… -> completed",
            "1e8c > TOOL touch /home/dev/work/x1 && echo mad… < done: touch: cannot touch '/home/dev/wor… -> completed",
            "9a4f > ESC touch /home/dev/work/x2 && echo made… < done: made2 -> completed",
            "883d > ESC touch /home/dev/work/x3 && echo made… < done: exec_command failed: CreateProcess… -> completed",
            "80df > ESC touch /home/dev/work/x4 && echo made… -> interrupted",
            "c3d5 > ESC touch /home/dev/work/x5 < done:  -> completed",
            "aace > ESC touch /home/dev/work/x5 < done:  -> completed",
            "b65c > ESC touch /home/dev/work/x6 < done: exec_command failed: CreateProcess… -> completed",
            "0e7f > ESC touch /home/dev/work/x7 < done: exec_command failed: CreateProcess… -> completed",
            "21c8 > ESC touch /home/dev/work/x8 -> interrupted",
            "5fbe > ESC touch /home/dev/work/x9 < done:  -> completed",
        ]
    ),
]

@Suite("Recorded rollouts")
struct RolloutRecordingTests {
    @Test("every recording is in the table, and says what was done")
    func table() throws {
        #expect(turns.map(\.name) == (try RolloutRecording.names))
        for (name, turns) in turns {
            let recording = try RolloutRecording(name)
            #expect(try recording.turns.map(\.summary) == turns, "\(name)")
            #expect(try recording.history.turns() == recording.turns, "\(name)")
        }
    }

    @Test("a line becomes an entry and a line again without a loss", arguments: try RolloutRecording.names)
    func lossless(_ name: String) throws {
        let recording = try RolloutRecording(name)
        let entries = try recording.entries
        #expect(entries.first?.type == .sessionMeta)
        #expect(entries.first?.sessionMeta?.historyMode == (name == "03-historymode-legacy" ? "legacy" : "paginated"))
        for (entry, line) in zip(entries, recording.lines) {
            #expect(entry.json.compact == String(decoding: line.bytes, as: UTF8.self))
            #expect(CodexEntryType(peekingAt: line.bytes) == entry.type)
            #expect(entry.timestamp != nil)
            if case .other(let type) = entry.type { Issue.record("unknown type \(type)") }
            if case .other(let type, _)? = entry.responseItem { Issue.record("unknown response item \(type)") }
        }
    }

    @Test("what may be skipped is no part of a turn", arguments: try RolloutRecording.names)
    func ignorable(_ name: String) throws {
        let recording = try RolloutRecording(name)
        let entries = try recording.lines.filter { !CodexEntry.isIgnorable(line: $0.bytes) }.map {
            try CodexEntry(line: $0.bytes)
        }
        #expect(entries.count < recording.lines.count)
        #expect(try entries.turns == recording.turns)
    }

    @Test("what the user wrote is told from what Codex writes in the user's name, with and without the kinds of it", arguments: try RolloutRecording.names)
    func program(_ name: String) throws {
        let recording = try RolloutRecording(name)
        let said = try recording.turns.flatMap(\.userTexts)
        #expect(try recording.entries.userTexts == said)
        let withoutKinds = try recording.entries.map { entry in
            var json = entry.json.object ?? [:]
            var payload = json["payload"]?.object ?? [:]
            payload["internal_chat_message_metadata_passthrough"] = nil
            json["payload"] = .object(payload)
            return CodexEntry(.object(json))
        }
        #expect(withoutKinds.userTexts == said)
    }

    @Test("the latest texts are the same from either end, of the thread and of each turn", arguments: try RolloutRecording.names)
    func latest(_ name: String) throws {
        let recording = try RolloutRecording(name)
        let turns = try recording.turns
        let compressed = try ScratchRollout(bytes: recording.bytes, compressed: true)
        let all = turns.flatMap(\.agentTexts)
        for history in [recording.history, compressed.history] {
            for count in 1...(all.count + 1) { #expect(try history.lastTexts(count: count) == all.suffix(count)) }
            for turn in turns {
                #expect(try history.lastTexts(count: 9, turn: turn.id!) == turn.agentTexts)
            }
            #expect(try history.lastTexts(count: 9, turn: "no such turn") == [])
        }
    }

    @Test("wherever a file is cut, it tells of the entries before the cut")
    func cut() throws {
        let recording = try RolloutRecording("04-historymode-paginated")
        let lines = recording.lines
        let entries = try recording.entries
        let start = lines[lines.count - 4].offset
        let file = try ScratchFile()
        try file.append(Array(recording.bytes[..<start]))
        for length in start...recording.bytes.count {
            if length > start { try file.append([recording.bytes[length - 1]]) }
            // The last line counts as soon as it is whole, with its newline or without.
            let turns = Array(entries[..<lines.count(where: { $0.end - 1 <= length })]).turns
            let history = CodexHistory(file: file.path)
            #expect(try history.turns() == turns)
            #expect(try history.lastTexts(count: 9) == turns.flatMap(\.agentTexts))
        }
    }

    @Test("garbage between the lines is passed over")
    func garbage() throws {
        let recording = try RolloutRecording("02-interrupt-steer-tui")
        let bytes = recording.lines.flatMap { line in
            line.bytes + Array("\nnot JSON\n\n[1]\n{\"type\":\"event_msg\"}\n{}\n{\"type\":\"event_msg\",\"payload\":{\"type\":7}}\n\u{0}\n".utf8)
        }
        let file = try ScratchRollout(bytes: bytes)
        #expect(try file.history.turns() == recording.turns)
        #expect(try file.history.lastTexts(count: 2) == recording.turns.flatMap(\.agentTexts).suffix(2))
    }
}

extension [CodexEntry] {
    /// What a person wrote, by the response items.
    fileprivate var userTexts: [String] {
        compactMap { entry in
            guard case .message(let message)? = entry.responseItem, message.role == "user", !message.isFromProgram else {
                return nil
            }
            return message.texts.joined(separator: "\n\n")
        }
    }
}
