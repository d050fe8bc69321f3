/// A place in a transcript: only what stands behind it was caused by what came later.
public struct TranscriptPosition: Codable, Sendable, Hashable {
    /// Absolute.
    public var path: String
    /// With `inode`, which file it was: another one may have taken the path since.
    public var device: UInt64
    public var inode: UInt64
    /// In bytes, at the end of a line.
    public var offset: Int

    public init(path: String, device: UInt64, inode: UInt64, offset: Int) {
        self.path = path
        self.device = device
        self.inode = inode
        self.offset = offset
    }
}
