import Foundation
import JSON

/// The file that this tool and the npm tool share.
extension Workplace {
    private var sessionsFile: String { state + "/sessions.json" }

    /// The records in the file.
    func sessionRecords() throws -> [JSON] {
        guard let text = try? String(contentsOfFile: sessionsFile, encoding: .utf8) else { return [] }
        return try JSON(parsing: text)["sessions"]?.array ?? []
    }

    /// A read-modify-write under the npm tool's lock (0.4.4).
    func rewriteSessions(_ change: ([JSON]) -> [JSON]) throws {
        let lock = sessionsFile + ".lock"
        while (try? FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: false)) == nil { continue }
        defer { try? FileManager.default.removeItem(atPath: lock) }
        let json: JSON = ["version": 1, "sessions": .array(change(try sessionRecords()))]
        try json.pretty.write(toFile: sessionsFile, atomically: true, encoding: .utf8)
    }
}
