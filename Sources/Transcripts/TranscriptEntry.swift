/// One line of a transcript, of whichever agent.
public protocol TranscriptEntry: Sendable {
    /// - Throws: ``TranscriptError/Code/malformedLine`` when the line is not such an entry.
    init(line: ArraySlice<UInt8>) throws(TranscriptError)

    /// Whether a look at the line's first bytes tells that no reader needs it, so that it need not be parsed.
    static func isIgnorable(line: ArraySlice<UInt8>) -> Bool
}
