import EventLoop
import Foundation
import Testing
import TestSupport

/// The program that the npm tool runs on, where it is installed.
enum Node {
    private static let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

    static var isInstalled: Bool { System.findExecutable("node", path: path) != nil }

    /// - Returns: what the script printed.
    static func run(_ script: String, _ arguments: [String]) async throws -> String {
        let result = try await Command("node", ["-e", script] + arguments, environment: ["PATH": path]).run()
        try #require(result.isSuccess, "\(result.errorText)")
        return result.outputText
    }
}
