import EventLoop
import Foundation

/// The npm tool's lock of its file (version 0.4.4): a directory beside it, made by whoever holds the lock.
///
/// One that is older than 30 s was left by a crash, and may be removed by anybody. That tool removes it by its name;
/// here it is looked at twice, one attempt apart, and a holder that lost its lock that way notices before it writes
/// and leaves the new holder's lock alone. What a process of ours left is known by its ``LockOwner``, and goes at once.
/// All of it blocks.
struct StoreLock: Sendable {
    let path: String
    /// With the time of its last refreshing: a new directory may have the number of the one before.
    private var identity: FileIdentity

    /// After which an untouched lock counts as left, in nanoseconds.
    private static let lifetime: Int64 = 30_000_000_000

    /// - Parameters:
    ///   - path: of the lock's directory.
    ///   - suspect: kept by the caller from one attempt to the next: a lock that looked left.
    ///   - now: milliseconds since 1970.
    /// - Returns: nil when another holds it.
    static func attempt(
        _ path: String, suspect: inout FileIdentity?, now: Int64 = Timestamp.now()
    ) throws(StorageError) -> StoreLock? {
        if let lock = try make(path) { return lock }
        if let found = FileIdentity.of(path: path), let owner = LockOwner(of: path), owner.lock.isSameLock(found),
           !owner.process.isAlive {
            try? System.removeTree(path)
            return try make(path)
        }
        guard let found = FileIdentity.of(path: path), now * 1_000_000 - found.modified > lifetime else {
            suspect = nil
            return nil
        }
        guard let suspected = suspect, suspected.isSameLock(found) else {
            suspect = found
            return nil
        }
        suspect = nil
        try? System.removeTree(path)
        return try make(path)
    }

    private static func make(_ path: String) throws(StorageError) -> StoreLock? {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } catch CocoaError.fileWriteFileExists {
            return nil
        } catch {
            throw StorageError("taking the lock \(path)", cause: error)
        }
        guard let identity = FileIdentity.of(path: path) else { return nil }
        LockOwner.claim(identity, at: path)
        return StoreLock(path: path, identity: identity)
    }

    /// Whether nobody took it for left: a machine that slept holds a lock for longer than it knows.
    var isHeld: Bool {
        FileIdentity.of(path: path).map(identity.isSameLock) ?? false
    }

    /// Begins its 30 s anew.
    mutating func refresh() {
        guard isHeld else { return }
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: path)
        guard let refreshed = FileIdentity.of(path: path), refreshed.isSameFile(identity) else { return }
        identity = refreshed
        LockOwner.claim(refreshed, at: path)
    }

    func release() {
        guard isHeld else { return }
        // Killed in between, it leaves a word about a lock that is no more, and not a lock of nobody's.
        try? System.removeTree(path)
        LockOwner.remove(of: path)
    }
}

extension FileIdentity {
    fileprivate func isSameLock(_ other: FileIdentity) -> Bool {
        isSameFile(other) && modified == other.modified
    }
}
