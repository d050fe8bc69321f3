/// The entries that have come since the last batch.
public struct EntryBatch<Entry: TranscriptEntry>: Sendable {
    /// In the file's order.
    public internal(set) var entries: [Entry] = []
    /// Where the line of each entry begins, in bytes.
    public internal(set) var offsets: [Int] = []
    /// The file is another one than before, or was truncated: these entries are its first, and what was made of
    /// earlier ones no longer holds.
    public internal(set) var restarted = false
    /// How many lines were skipped because they are no entries or too long; each is counted in one batch.
    public internal(set) var malformedLines = 0
    /// The first thing that went wrong; a file that cannot be read is reported when that begins.
    public internal(set) var problem: TranscriptError?

    var isWorthTelling: Bool { !entries.isEmpty || restarted || malformedLines > 0 || problem != nil }

    mutating func skip(_ error: TranscriptError, lines: Int = 1) {
        malformedLines += lines
        if problem == nil { problem = error }
    }
}
