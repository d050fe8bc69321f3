import EventLoop

/// A rollout file, or the first part of one.
struct RolloutFile {
    let path: String
    /// The ordinal from which on it does not count; nil for all of it.
    var end: Int?

    var isCompressed: Bool { path.hasSuffix(RolloutName.compressedSuffix) }

    /// The settings with which it begins.
    func sessionMeta() throws(TranscriptError) -> CodexSessionMeta? {
        var meta: CodexSessionMeta?
        try RolloutFile(path: path).forEachEntry { entry in
            meta = entry.sessionMeta
            return false
        }
        return meta
    }

    /// Every entry that may tell of turns, in order, until the body returns false; lines that are none are passed over.
    func forEachEntry(_ body: (CodexEntry) -> Bool) throws(TranscriptError) {
        var bytes = RolloutBytes(file: try open(), isCompressed: isCompressed)
        var splitter = LineSplitter()
        while true {
            // The last line counts without its newline, if it is whole.
            let piece = try bytes.next()
            for line in splitter.split(piece ?? [UInt8(ascii: "\n")]) {
                guard let entry = CodexEntry(ifOfTurns: line) else { continue }
                guard counts(entry), body(entry) else { return }
            }
            if piece == nil { return }
        }
    }

    /// The same from the last entry backwards, of a file that is not compressed.
    func forEachEntryBackwards(_ body: (CodexEntry) -> Bool) throws(TranscriptError) {
        let file = try open()
        do {
            var reader = ReverseLineReader(file: file, size: try file.identity().size)
            while let line = try reader.next() {
                guard let entry = CodexEntry(ifOfTurns: line), counts(entry) else { continue }
                guard body(entry) else { return }
            }
        } catch {
            throw TranscriptError(.unreadable, doing: "reading \(path)", cause: error)
        }
    }

    private func counts(_ entry: CodexEntry) -> Bool {
        guard let end, let ordinal = entry.ordinal else { return true }
        return ordinal < end
    }

    private func open() throws(TranscriptError) -> FileReader {
        do {
            return try FileReader(path: path)
        } catch {
            throw TranscriptError(.unreadable, doing: "reading \(path)", cause: error)
        }
    }
}

extension CodexEntry {
    /// Response items are the bulk of a rollout's bytes; what they say of turns, events say too.
    fileprivate init?(ifOfTurns line: Line) {
        switch CodexEntryType(peekingAt: line.bytes) {
        case .event, .sessionMeta, .other, nil: break
        default: return nil
        }
        guard !line.isBlank, !Self.isIgnorable(line: line.bytes), let entry = try? CodexEntry(line: line.bytes) else {
            return nil
        }
        self = entry
    }
}
