import Foundation
import TestSupport

/// The file in which a recorder keeps what it was sent.
struct Recording: Sendable {
    let path: String

    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    var bytes: [UInt8] {
        get throws { Array(try Data(contentsOf: URL(filePath: path))) }
    }

    var text: String {
        get throws { String(decoding: try bytes, as: UTF8.self) }
    }

    /// Empties it; the recorder goes on at its end.
    func clear() throws {
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        try file.truncate(atOffset: 0)
        try file.close()
    }

    /// Waits until it is as long as `expected`, and returns what it then holds.
    func text(asLongAs expected: String) async throws -> String {
        try await eventually("\(expected.utf8.count) bytes to arrive") { try bytes.count >= expected.utf8.count }
        return try text
    }
}
