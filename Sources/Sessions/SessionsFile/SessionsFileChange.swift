extension SessionsFile {
    /// Something to be written to the file.
    public enum Change: Sendable, Hashable {
        /// A session as it is now; fields that only the file knows stay.
        case upsert(SessionRecord)
        /// The session with this id has ended.
        case remove(String)
    }

    /// Something that another program did to the file.
    public enum ForeignChange: Sendable, Hashable {
        /// A record is gone: its session was ended. (The npm tool also removes the record of an agent whose tmux
        /// session is gone; the owner knows whether it was stopped.)
        case removed(String)
        case added(SessionRecord)
        case changed(SessionRecord)
    }
}

/// Changes that are not yet written, as few as express them.
struct PendingChanges: Sendable {
    /// Applied first: an id that is removed may have been given again.
    private(set) var removals: Set<String> = []
    private var records: [String: SessionRecord] = [:]
    private var order: [String] = []

    var isEmpty: Bool { removals.isEmpty && records.isEmpty }

    /// In the order in which the ids first came.
    var upserts: [SessionRecord] { order.compactMap { records[$0] } }

    mutating func add(_ change: SessionsFile.Change) {
        switch change {
        case .upsert(let record):
            if records.updateValue(record, forKey: record.championID) == nil { order.append(record.championID) }
        case .remove(let id):
            removals.insert(id)
            if records.removeValue(forKey: id) != nil { order.removeAll { $0 == id } }
        }
    }

    /// Adds changes that came later.
    mutating func add(_ later: PendingChanges) {
        for id in later.removals { add(.remove(id)) }
        for record in later.upserts { add(.upsert(record)) }
    }
}
