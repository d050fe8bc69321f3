import Foundation

/// The real agent programs, which `Tests/install-requirements` puts into the package's `.agents` folder. Tests that
/// need one that is not installed are skipped.
public enum RealAgents {
    /// The version of Claude Code that the tests are written against.
    public static let claudeVersion = "2.1.329"
    /// The version of Codex that the tests are written against.
    public static let codexVersion = "0.163.0"

    /// The Claude Code executable, or nil when it is not installed.
    public static let claude = installed("claude-\(claudeVersion)/claude")
    /// The Codex executable, or nil when it is not installed.
    public static let codex = installed("codex-\(codexVersion)/bin/codex")

    /// The Claude Code executable.
    /// - Throws: `TestSupportError` that says how to install it.
    public static func requireClaude() throws -> String { try require(claude, "Claude Code \(claudeVersion)") }

    /// The Codex executable.
    /// - Throws: `TestSupportError` that says how to install it.
    public static func requireCodex() throws -> String { try require(codex, "Codex \(codexVersion)") }

    private static func installed(_ path: String) -> String? {
        let path = "\(Package.root)/.agents/\(path)"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    private static func require(_ path: String?, _ name: String) throws -> String {
        guard let path else { throw TestSupportError(.missing, "\(name) is missing: run Tests/install-requirements") }
        return path
    }
}
