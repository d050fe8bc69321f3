import EventLoop
import JSON

/// Which of our processes made a ``StoreLock``, in a file beside it: one that died with the lock need not be waited for
/// 30 s, as its next supervisor would otherwise do with every change.
///
/// Beside it and not within, because the npm tool removes a lock as it made it: empty.
struct LockOwner: Codable {
    /// The lock's directory as it was made or last refreshed.
    let lock: FileIdentity
    let process: ProcessIdentity

    static func path(of lock: String) -> String { lock + ".owner" }

    init?(of lock: String) {
        guard let bytes = try? FileReader.contents(of: Self.path(of: lock), limit: 4096),
              let owner = try? JSON(parsing: bytes).decode(LockOwner.self)
        else { return nil }
        self = owner
    }

    /// Says that the lock is this process's. Where that cannot be written, the lock has the npm tool's 30 s.
    static func claim(_ lock: FileIdentity, at path: String) {
        guard let process = ProcessIdentity.of(System.processID), let json = try? JSON.encode(LockOwner(lock: lock, process: process))
        else { return }
        try? System.replace(Self.path(of: path), with: json.bytes)
    }

    private init(lock: FileIdentity, process: ProcessIdentity) {
        self.lock = lock
        self.process = process
    }

    static func remove(of lock: String) { try? System.removeFile(path(of: lock)) }
}
