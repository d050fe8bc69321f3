import Foundation

@testable import Transcripts

/// A transcript recorded from the real program; `Fixtures/claude/INDEX.md` says what each shows.
struct Recording {
    let bytes: [UInt8]

    init(_ name: String) throws {
        let url = Bundle.module.url(forResource: "Fixtures/claude/\(name)", withExtension: "jsonl")!
        bytes = [UInt8](try Data(contentsOf: url))
    }

    static var names: [String] {
        get throws {
            let folder = Bundle.module.url(forResource: "Fixtures/claude", withExtension: nil)!
            return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".jsonl") }
                .map { String($0.dropLast(6)) }.sorted()
        }
    }

    /// The entries, read in pieces that end at the given offsets.
    func entries(splitAt offsets: [Int] = []) throws -> [ClaudeEntry] {
        var splitter = LineSplitter()
        var lines: [Line] = []
        for (start, end) in zip([0] + offsets, offsets + [bytes.count]) {
            lines += splitter.split(Array(bytes[start..<end]))
        }
        return try lines.map { try ClaudeEntry(line: $0.bytes) }
    }
}

/// A reducer that has been fed, and everything that it said.
struct Reduction {
    var reducer = ClaudeTranscriptReducer()
    var events: [TranscriptEvent] = []

    init(_ entries: [ClaudeEntry] = []) { add(entries) }

    mutating func add(_ entries: [ClaudeEntry]) {
        for entry in entries { events += reducer.add(entry) }
    }

    mutating func agentIsIdle() { events += reducer.agentIsIdle() }
    mutating func agentIsGone() { events += reducer.agentIsGone() }

    /// Every turn in order, as its end left it.
    var turns: [TranscriptTurn] {
        let ended = events.compactMap { event -> TranscriptTurn? in
            guard case .turnEnded(let turn) = event else { return nil }
            return turn
        }
        return ended + (reducer.turn.map { [$0] } ?? [])
    }
}

extension TranscriptTurn {
    /// `source "text" [+ more messages] -> end: texts`, for tables that a person writes.
    var summary: String {
        var line = "\(sourceName) \"\(text.shortened)\""
        for message in messages.dropFirst() { line += " + \(message.arrival) \"\(message.text.shortened)\"" }
        line += " -> \(endName)"
        if pendingBackgroundAgents > 0 { line += " (\(pendingBackgroundAgents) in background)" }
        if !openToolCalls.isEmpty { line += " in \(openToolCalls.map(\.name).joined(separator: ", "))" }
        if pendingQuestion != nil { line += " asking" }
        if let commandOutput { line += " printed \"\(commandOutput.shortened)\"" }
        return texts.isEmpty ? line : line + ": " + texts.map(\.shortened).joined(separator: " | ")
    }

    private var sourceName: String {
        switch source {
        case .command(let name): "command \(name)"
        case .other(let name): "other \(name)"
        default: "\(source)"
        }
    }

    private var endName: String {
        switch end {
        case nil: "open"
        case .failed(let failure): "failed \(failure.status ?? 0) \(failure.kind ?? "?")"
        case .refused: "refused"
        case .interrupted(let what): "interrupted \(what)"
        case .some(let end): "\(end)"
        }
    }
}

extension String {
    var shortened: String {
        let line = replacing("\n", with: "⏎").replacing("\u{1B}", with: "␛")
        return line.count > 40 ? line.prefix(40) + "…" : line
    }
}
