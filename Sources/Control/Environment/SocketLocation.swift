import EventLoop

/// Where a supervisor's socket stands.
///
/// A socket's path is limited (107 bytes on Linux, 103 on macOS). Where the usual place has a longer one, the socket
/// stands in a short folder that is the user's alone, and a file at the usual place names it: whoever connects reads
/// that file, so both sides agree whatever their environments say.
public struct SocketLocation: Sendable, Hashable {
    public let path: String
    /// The folder that must be the user's alone, when it is not the state directory.
    public let folder: String?

    /// Decides by the lengths alone.
    /// - Parameters:
    ///   - environment: `XDG_RUNTIME_DIR` and `TMPDIR` are looked at, in this order.
    ///   - limit: in bytes.
    public init(
        for directory: StateDirectory, environment: [String: String], userID: UInt32 = System.userID,
        limit: Int = System.socketPathLimit
    ) {
        let hash = Self.hash(directory.path)
        var places: [SocketLocation] = []
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
            places.append(SocketLocation(path: "\(runtime)/dev-sessions-\(hash).sock", folder: runtime))
        }
        if let temporary = environment["TMPDIR"], temporary.hasPrefix("/") {
            places.append(Self.temporary(temporary, userID, hash))
        }
        let usual = SocketLocation(path: directory.usualSocket, folder: nil)
        self = ([usual] + places).first { $0.path.utf8.count <= limit } ?? Self.temporary("/tmp", userID, hash)
    }

    /// The socket of a running supervisor, as the files say; nil when there is none to be found.
    /// - Throws: ``ControlError`` when the socket stands in a folder where others could have put theirs.
    public static func existing(for directory: StateDirectory, limit: Int = System.socketPathLimit) throws(ControlError) -> String? {
        guard directory.usualSocket.utf8.count > limit else { return directory.usualSocket }
        guard let bytes = try? System.readFile(directory.socketPointer) else { return nil }
        let path = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard let slash = path.lastIndex(of: "/") else { return nil }
        try SocketLocation(path: path, folder: String(path[..<slash])).check()
        return path
    }

    /// Makes the folder where it is needed, and writes or removes the file that names the socket. For the supervisor, before it listens.
    public func establish(for directory: StateDirectory) throws(ControlError) {
        guard let folder else {
            try? System.removeFile(directory.socketPointer)
            return
        }
        do {
            try System.makeDirectory(folder)
            try check()
            try System.replace(directory.socketPointer, with: Array((path + "\n").utf8))
        } catch let error as ControlError {
            throw error
        } catch {
            throw ControlError(.failed, "The supervisor's socket cannot be put into \(folder): \(error)")
        }
    }

    private func check() throws(ControlError) {
        guard let folder, System.exists(folder), !System.isPrivateDirectory(folder) else { return }
        throw ControlError(.failed, """
            The supervisor's socket would stand in \(folder), which is not yours alone. \
            Remove it, or set DEV_SESSIONS_HOME to a shorter path.
            """)
    }

    private init(path: String, folder: String?) {
        self.path = path
        self.folder = folder
    }

    private static func temporary(_ directory: String, _ userID: UInt32, _ hash: String) -> SocketLocation {
        let folder = "\(directory)/dev-sessions-\(userID)-\(hash)"
        return SocketLocation(path: folder + "/supervisor.sock", folder: folder)
    }

    /// FNV-1a, 64 bits: the same in every version of the program, which Swift's own hashes are not.
    private static func hash(_ text: String) -> String {
        let value = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
