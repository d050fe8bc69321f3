import EventLoop
import JSON
import Testing
@testable import Sessions

extension Storage {
    var sessionsFile: String { path("sessions.json") }

    func openSessionsFile(lockTimeout: Duration = .seconds(30)) -> SessionsFile {
        SessionsFile(loop: loop, path: sessionsFile, logger: Self.quiet, lockTimeout: lockTimeout)
    }

    /// A file with these records, as the npm tool leaves it.
    func writeSessions(_ records: [SessionRecord]) throws {
        let json: JSON = ["version": 1, "sessions": .array(records.map { .object($0.fields) })]
        try write(json.pretty, to: "sessions.json")
    }

    func storedRecords() throws -> [SessionRecord] {
        try SessionsDocument.parse(FileReader.contents(of: sessionsFile)).document.records
    }

    func storedIDs() throws -> [String] { try storedRecords().map(\.championID) }

    /// The one file whose name begins so.
    func only(_ prefix: String) throws -> String {
        let found = try names.filter { $0.hasPrefix(prefix) }
        try #require(found.count == 1, "\(found)")
        return found[0]
    }
}

extension SessionRecord {
    static func sample(_ id: String, status: Status = .active, createdAt: Int64 = 1000, lastUsed: Int64 = 1000) -> SessionRecord {
        SessionRecord(
            championID: id, internalID: "u-\(id)", cli: "claude", mode: "native", path: "/w", description: nil,
            status: status, model: nil, createdAt: createdAt, lastUsed: lastUsed)
    }

    func with(_ key: String, _ value: JSON?) -> SessionRecord {
        var fields = fields
        fields[key] = value
        return SessionRecord(fields: fields)
    }
}
