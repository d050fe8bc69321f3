import Foundation

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

    var rollout: CodexRollout { CodexRollout(path: path) }
}

extension CodexTurn {
    /// `id's end [user] text [agent] text -> end`, for tables that a person writes.
    var summary: String {
        let said = messages.map { ($0.role == .user ? "> " : "< ") + $0.text.shortened }.joined(separator: " ")
        return "\(id?.suffix(4) ?? "?") \(said) -> \(endName)"
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
