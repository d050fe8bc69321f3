import EventLoop
import Foundation
import Logging
import Testing
@testable import Sessions

/// A folder and a loop for one test of what is stored; both end with it.
struct Storage {
    let directory: String
    let loop: EventLoop

    static func with(_ body: (Storage) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "dev-sessions-storage-\(UUID().uuidString)"
        try System.makeDirectory(directory, withParents: true)
        defer { try? System.removeTree(directory) }
        let loop = try EventLoop(name: "storage")
        do {
            try await body(Storage(directory: directory, loop: loop))
        } catch {
            await loop.shutdown()
            throw error
        }
        await loop.shutdown()
    }

    func path(_ name: String) -> String { "\(directory)/\(name)" }

    var names: [String] {
        get throws { try System.entries(of: directory).sorted() }
    }

    func permissions(_ name: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int)
    }

    func write(_ text: String, to name: String) throws {
        try System.replace(path(name), with: Array(text.utf8))
    }

    func text(_ name: String) throws -> String {
        String(decoding: try FileReader.contents(of: path(name)), as: UTF8.self)
    }

    static var quiet: Logger { Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() } }
}

extension SessionSpec {
    static func sample(_ id: String, createdAt: Int64 = 1000) -> SessionSpec {
        let new = NewSession(
            agent: .claude, path: "/w", description: nil, mode: "native", model: nil, id: id, permissionMode: nil,
            trust: false, agentArguments: [], environment: [:], parent: nil)
        return SessionSpec(new, id: id, conversation: "c-\(id)", createdAt: createdAt)
    }
}
