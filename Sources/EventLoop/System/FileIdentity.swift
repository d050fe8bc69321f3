/// Which file it is, and how far it has come: what is compared instead of trusting an event.
public struct FileIdentity: Sendable, Hashable, Codable {
    public let device: UInt64
    public let inode: UInt64
    /// In bytes.
    public let size: Int
    /// When the contents changed last, in nanoseconds since 1970.
    public let modified: Int64

    public init(device: UInt64, inode: UInt64, size: Int, modified: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
    }

    /// Of the file at a path, symbolic links followed; nil when there is none.
    public static func of(path: String) -> FileIdentity? {
        System.state(of: path)?.identity
    }

    /// Whether both are the same file, whatever became of its contents.
    public func isSameFile(_ other: FileIdentity) -> Bool {
        device == other.device && inode == other.inode
    }

    static func isRegularFile(_ path: String) -> Bool { System.state(of: path)?.kind == .regular }
    static func isSocket(_ path: String) -> Bool { System.state(of: path)?.kind == .socket }
    static func isDirectory(_ path: String) -> Bool { System.state(of: path)?.kind == .directory }
}
