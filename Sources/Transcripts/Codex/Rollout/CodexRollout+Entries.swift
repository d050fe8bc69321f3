import EventLoop

extension CodexRollout {
    /// Every entry that may tell of turns, in order, until the body returns false; lines that are none are passed over.
    func forEachEntry(_ body: (CodexEntry) -> Bool) throws(TranscriptError) {
        guard let file = try open() else { return }
        var bytes = RolloutBytes(file: file, isCompressed: isCompressed)
        var splitter = LineSplitter()
        while let piece = try bytes.next() {
            for line in splitter.split(piece) {
                if let entry = CodexEntry(ifOfTurns: line), !body(entry) { return }
            }
        }
        // The last line counts without its newline, if it is whole.
        for line in splitter.split([UInt8(ascii: "\n")]) {
            if let entry = CodexEntry(ifOfTurns: line) { _ = body(entry) }
        }
    }

    /// The same from the last entry backwards, of a file that is not compressed.
    func forEachEntryBackwards(_ body: (CodexEntry) -> Bool) throws(TranscriptError) {
        guard let file = try open() else { return }
        do {
            var reader = ReverseLineReader(file: file, size: try file.identity().size)
            while let line = try reader.next() {
                if let entry = CodexEntry(ifOfTurns: line), !body(entry) { return }
            }
        } catch {
            throw TranscriptError(.unreadable, doing: "reading \(path)", cause: error)
        }
    }

    private func open() throws(TranscriptError) -> FileReader? {
        do {
            return try FileReader(path: path)
        } catch where error.code == .notFound {
            return nil
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
