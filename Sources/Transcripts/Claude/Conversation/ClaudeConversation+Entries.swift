import EventLoop

extension ClaudeConversation {
    /// Every entry from an offset on, in order, until the body returns false; lines that are none are passed over.
    func forEachEntry(from offset: Int = 0, _ body: (ClaudeEntry) -> Bool) throws(TranscriptError) {
        guard let file = try open() else { return }
        var splitter = LineSplitter(offset: offset)
        var position = offset
        try reading { () throws in
            while true {
                let bytes = try file.read(at: position, count: 1 << 20)
                for line in splitter.split(bytes) {
                    if let entry = ClaudeEntry(ifOfInterest: line), !body(entry) { return }
                }
                position += bytes.count
                if bytes.count < 1 << 20 { return }
            }
        }
    }

    /// Every entry from the last one backwards, with the offset of its line, until the body returns false.
    ///
    /// - Returns: how many bytes were read.
    @discardableResult
    func forEachEntryBackwards(_ body: (ClaudeEntry, Int) -> Bool) throws(TranscriptError) -> Int {
        guard let file = try open() else { return 0 }
        return try reading { () throws in
            var reader = ReverseLineReader(file: file, size: try file.identity().size)
            while let line = try reader.next() {
                if let entry = ClaudeEntry(ifOfInterest: line), !body(entry, line.offset) { break }
            }
            return reader.bytesRead
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

    private func reading<Result>(_ body: () throws -> Result) throws(TranscriptError) -> Result {
        do {
            return try body()
        } catch {
            throw TranscriptError(.unreadable, doing: "reading \(path)", cause: error)
        }
    }
}

extension ClaudeEntry {
    fileprivate init?(ifOfInterest line: Line) {
        guard !line.isBlank, !Self.isIgnorable(line: line.bytes), let entry = try? ClaudeEntry(line: line.bytes) else {
            return nil
        }
        self = entry
    }
}
