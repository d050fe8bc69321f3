import Foundation
import JSON

@testable import Transcripts

/// A rollout recorded from the real program; `Fixtures/codex/INDEX.md` says what each shows.
struct RolloutRecording {
    let path: String
    let bytes: [UInt8]

    init(_ name: String) throws {
        let url = Bundle.module.url(forResource: "Fixtures/codex/\(name)", withExtension: "jsonl")!
        path = url.path
        bytes = [UInt8](try Data(contentsOf: url))
    }

    static var names: [String] {
        get throws {
            let folder = Bundle.module.url(forResource: "Fixtures/codex", withExtension: nil)!
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }
                .map { String($0.dropLast(6)) }.sorted()
        }
    }

    var lines: [Line] {
        var splitter = LineSplitter()
        return splitter.split(bytes)
    }

    var entries: [CodexEntry] {
        get throws { try lines.map { try CodexEntry(line: $0.bytes) } }
    }

    var turns: [CodexTurn] {
        get throws { try entries.turns }
    }

    /// The recording as the only file of its thread.
    var history: CodexHistory { CodexHistory(file: path) }
}

extension CodexHistory {
    init(file: String) {
        self.init(thread: "none", search: RolloutSearch(home: "/nonexistent"), recorded: file)
    }
}

extension [CodexEntry] {
    var turns: [CodexTurn] {
        var reducer = CodexTurnReducer()
        for entry in self { reducer.add(entry) }
        reducer.finish()
        return reducer.turns
    }
}

extension CodexTurn {
    /// `id's end > the user's text < the agent's -> end`, for tables that a person writes.
    var summary: String {
        let said = messages.map { ($0.role == .user ? "> " : "< ") + $0.text.shortened + " " }.joined()
        return "\(id?.suffix(4) ?? "?") \(said)-> \(endName)"
    }

    private var endName: String {
        switch end {
        case nil: "open"
        case .completed: "completed"
        case .failed(let error): "failed \(error.info?.string ?? error.info?.object?.first?.key ?? "?")"
        case .aborted(let reason): reason ?? "aborted"
        case .cutOff: "cut off"
        }
    }
}

/// Entries written by hand, in the forms that Codex writes.
enum RolloutLine {
    static func meta(_ thread: String, ordinal: Int? = 0, base: JSON? = nil) -> JSON {
        var payload: JSON.Object = ["id": .string(thread)]
        payload["history_base"] = base
        return line("session_meta", ordinal: ordinal, .object(payload))
    }

    static func started(_ turn: String, ordinal: Int? = nil) -> JSON {
        event(["type": "task_started", "turn_id": .string(turn)], ordinal: ordinal)
    }

    static func completed(_ turn: String, ordinal: Int? = nil) -> JSON {
        event(["type": "task_complete", "turn_id": .string(turn)], ordinal: ordinal)
    }

    static func user(_ text: String) -> JSON { event(["type": "user_message", "message": .string(text)], ordinal: nil) }
    static func agent(_ text: String) -> JSON { event(["type": "agent_message", "message": .string(text)], ordinal: nil) }

    static func agentItem(_ text: String, turn: String, ordinal: Int) -> JSON {
        event(
            [
                "type": "item_completed", "turn_id": .string(turn),
                "item": ["type": "AgentMessage", "content": [["type": "Text", "text": .string(text)]]],
            ], ordinal: ordinal)
    }

    static func rolledBack(_ turns: Int) -> JSON {
        event(["type": "thread_rolled_back", "num_turns": JSON(turns)], ordinal: nil)
    }

    static func event(_ payload: JSON, ordinal: Int?) -> JSON { line("event_msg", ordinal: ordinal, payload) }

    private static func line(_ type: String, ordinal: Int?, _ payload: JSON) -> JSON {
        var line: JSON.Object = ["timestamp": "2026-11-21T02:30:49.727Z"]
        line["ordinal"] = ordinal.map { JSON($0) }
        line["type"] = .string(type)
        line["payload"] = payload
        return .object(line)
    }
}

extension [JSON] {
    /// As lines of a file.
    var lines: [UInt8] { flatMap { $0.bytes + [UInt8(ascii: "\n")] } }
    var codexEntries: [CodexEntry] { map(CodexEntry.init) }
}
