import JSON

/// The contents of the npm tool's sessions.json (version 0.4.4), as a value.
///
/// What this program does not know (a later version number, further fields at the top) stays what and where it is.
struct SessionsDocument: Sendable, Hashable {
    /// All fields; that of the sessions holds only their place.
    private var root: JSON.Object
    var records: [SessionRecord]

    private static let sessionsKey = "sessions"

    /// What the npm tool makes when there is no file.
    init() {
        root = ["version": 1, "sessions": []]
        records = []
    }

    /// A record that the npm tool would ignore, and lose.
    struct InvalidRecord: Sendable, Hashable {
        let index: Int
        let json: JSON

        var championID: String? { json["championId"]?.string }
    }

    /// - Returns: also the records that are left out because they are invalid.
    /// - Throws: ``StorageError`` `.damaged` when it is no document of this kind at all.
    static func parse(_ bytes: [UInt8]) throws(StorageError) -> (document: SessionsDocument, invalid: [InvalidRecord]) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw StorageError(.damaged, "\(error)")
        }
        guard let root = json.object, let elements = root[sessionsKey]?.array else {
            throw StorageError(.damaged, "it has no list of sessions")
        }
        var document = SessionsDocument()
        document.root = root
        document.root[sessionsKey] = []
        var invalid: [InvalidRecord] = []
        for (index, element) in elements.enumerated() {
            if let record = SessionRecord(validating: element) {
                document.records.append(record)
            } else {
                invalid.append(InvalidRecord(index: index, json: element))
            }
        }
        return (document, invalid)
    }

    /// As `JSON.stringify(document, null, 2)` writes it, without a final line feed.
    var bytes: [UInt8] {
        var root = root
        root[Self.sessionsKey] = .array(records.map { .object($0.fields) })
        return Array(JSON.object(root).pretty.utf8)
    }

    /// The records by their ids; of several with one id the first, which is the one that the npm tool finds.
    var recordsByID: [String: SessionRecord] {
        Dictionary(records.map { ($0.championID, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
