/// What we believe stands in the file, and how that, what really stands there and our own changes come together. Pure.
struct SessionsProjection: Sendable {
    /// The records as they were last read or written.
    private(set) var known: [String: SessionRecord] = [:]
    /// Sessions that the other tool ended while we took them to be alive, until their owner has ended them too: what
    /// is still told of them must not bring them back. With the time of their making, because ids are given again.
    private var endedElsewhere: [String: String] = [:]

    /// What the file was found to be.
    enum Contents: Sendable {
        case missing
        case damaged
        case document(SessionsDocument, invalid: [SessionsDocument.InvalidRecord])
    }

    struct Result: Sendable {
        /// What should stand in the file.
        var document: SessionsDocument
        /// Whether something else stands there now.
        var isChanged: Bool
        var foreign: [SessionsFile.ForeignChange]
    }

    /// Sessions that stood in the file when an earlier supervisor ended: one that does not any more was removed.
    mutating func expect(_ records: [SessionRecord]) {
        for record in records { known[record.championID] = record }
    }

    /// Takes up what stands in the file and applies our changes to it.
    ///
    /// A file that is gone or damaged is no sign that anybody ended anything: what is known is put back.
    mutating func reconcile(_ contents: Contents, with changes: PendingChanges) -> Result {
        var result = Result(document: SessionsDocument(), isChanged: false, foreign: [])
        switch contents {
        case .missing, .damaged:
            result.document.records = known.values.sorted { ($0.createdAt, $0.championID) < ($1.createdAt, $1.championID) }
            if case .damaged = contents { result.isChanged = true } else { result.isChanged = !known.isEmpty }
        case .document(let document, let invalid):
            result.document = document
            let unreadable = Set(invalid.compactMap(\.championID))
            result.foreign = differences(in: document, unreadable: unreadable)
            let present = document.recordsByID
            result.document.records += unreadable.sorted().filter { present[$0] == nil }.compactMap { known[$0] }
            result.isChanged = !invalid.isEmpty
        }
        for change in result.foreign {
            guard case .removed(let id) = change, let record = known[id], record.status == .active else { continue }
            endedElsewhere[id] = record.createdAt
        }
        let before = result.document.records
        apply(changes, to: &result.document.records)
        if result.document.records != before { result.isChanged = true }
        known = result.document.recordsByID
        return result
    }

    private func differences(in document: SessionsDocument, unreadable: Set<String>) -> [SessionsFile.ForeignChange] {
        let present = document.recordsByID
        var differences: [SessionsFile.ForeignChange] = []
        for record in document.records where present[record.championID] == record {
            guard let before = known[record.championID] else {
                differences.append(.added(record))
                continue
            }
            if before != record { differences.append(.changed(record)) }
        }
        for id in known.keys.sorted() where present[id] == nil && !unreadable.contains(id) {
            differences.append(.removed(id))
        }
        return differences
    }

    private mutating func apply(_ changes: PendingChanges, to records: inout [SessionRecord]) {
        for id in changes.removals { endedElsewhere[id] = nil }
        if !changes.removals.isEmpty { records.removeAll { changes.removals.contains($0.championID) } }
        var indices: [String: Int] = [:]
        for index in records.indices.reversed() { indices[records[index].championID] = index }
        for record in changes.upserts {
            let id = record.championID
            if let index = indices[id] {
                records[index] = record.merged(over: records[index])
            } else if endedElsewhere[id] != record.createdAt {
                endedElsewhere[id] = nil
                indices[id] = records.count
                records.append(record)
            }
        }
    }
}
