import EventLoop
import Foundation
import JSON

/// One trip to the file: read, reconcile, write. A value that goes to another thread and comes back; all of it blocks.
struct SessionsFileUpdate: Sendable {
    let path: String
    var projection = SessionsProjection()
    /// What was read or written last, to spare the reading when it still stands there.
    var cache: (identity: FileIdentity, document: SessionsDocument)?
    var foreign: [SessionsFile.ForeignChange] = []
    /// What the user must be told.
    var warnings: [String] = []

    init(path: String) {
        self.path = path
    }

    var lockPath: String { path + ".lock" }

    /// Takes up what stands there, without the lock: others replace the file in one step.
    /// - Returns: the records, and whether the file must be repaired.
    mutating func look() throws(StorageError) -> (records: [SessionRecord], isDamaged: Bool) {
        let (contents, identity, _) = try read()
        let result = projection.reconcile(contents, with: PendingChanges())
        foreign += result.foreign
        cache = result.isChanged ? nil : identity.map { ($0, result.document) }
        return (result.document.records, result.isChanged)
    }

    /// Writes our changes under the lock.
    /// - Returns: false when the lock was lost meanwhile: nothing has been written, and it is to be tried again.
    mutating func write(_ changes: PendingChanges, holding lock: inout StoreLock) throws(StorageError) -> Bool {
        var next = self
        let (contents, identity, bytes) = try next.read()
        let result = next.projection.reconcile(contents, with: changes)
        next.foreign += result.foreign
        if result.isChanged {
            lock.refresh()
            guard lock.isHeld else { return false }
            try next.setAside(contents, bytes)
            try next.replace(with: result.document.bytes)
            next.cache = FileIdentity.of(path: path).map { ($0, result.document) }
        } else {
            next.cache = identity.map { ($0, result.document) }
        }
        self = next
        return true
    }

    private func read() throws(StorageError) -> (SessionsProjection.Contents, FileIdentity?, [UInt8]) {
        if let cache, FileIdentity.of(path: path) == cache.identity {
            return (.document(cache.document, invalid: []), cache.identity, [])
        }
        let identity: FileIdentity
        let bytes: [UInt8]
        do throws(EventLoopError) {
            let reader = try FileReader(path: path)
            identity = try reader.identity()
            bytes = try reader.read(at: 0, count: identity.size)
        } catch {
            if error.code == .notFound { return (.missing, nil, []) }
            throw StorageError("reading \(path)", cause: error)
        }
        do throws(StorageError) {
            let (document, invalid) = try SessionsDocument.parse(bytes)
            return (.document(document, invalid: invalid), identity, bytes)
        } catch {
            return (.damaged, identity, bytes)
        }
    }

    /// Keeps under another name what will not stand in the file any more.
    private mutating func setAside(_ contents: SessionsProjection.Contents, _ bytes: [UInt8]) throws(StorageError) {
        let date = Timestamp.fileName(Timestamp.now())
        switch contents {
        case .missing, .document(_, invalid: []):
            return
        case .damaged:
            let name = "\(path).damaged-\(date)"
            try keep(bytes, as: name)
            warnings.append("[dev-sessions] \(path) cannot be read and was set aside as \(name)")
        case .document(_, let invalid):
            let name = "\(path).invalid-\(date).json"
            try keep(Array(JSON.array(invalid.map(\.json)).pretty.utf8), as: name)
            for record in invalid {
                warnings.append("""
                    [dev-sessions] ignoring invalid session record in \(path) at index \(record.index) \
                    championId=\(record.championID ?? "unknown"); it was set aside in \(name)
                    """)
            }
        }
    }

    private func keep(_ bytes: [UInt8], as name: String) throws(StorageError) {
        do {
            try System.replace(name, with: bytes, durably: true)
        } catch {
            throw StorageError("setting aside what is wrong with \(path)", cause: error)
        }
    }

    private func replace(with bytes: [UInt8]) throws(StorageError) {
        do {
            try System.replace(path, with: bytes)
        } catch {
            throw StorageError("writing \(path)", cause: error)
        }
    }
}
