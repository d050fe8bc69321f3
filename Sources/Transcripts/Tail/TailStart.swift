/// Where a tail begins to read.
public enum TailStart: Sendable, Hashable {
    case beginning
    /// With the first line that begins behind what is there now; all of a file that is made later.
    case end
    /// Where an earlier tail stopped. If the file is another one now, or shorter, with its beginning, as restarted.
    case position(TranscriptPosition)
}
