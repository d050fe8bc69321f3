import Foundation

/// The real agent programs, which `Tests/install-requirements` puts into the package's `.agents` folder.
public enum RealAgents {
    /// The version of Claude Code that the tests are written against.
    public static let claudeVersion = "2.1.329"

    /// The Claude Code executable, or nil when it is not installed: tests that need it are then skipped.
    public static let claude: String? = {
        let path = "\(Package.root)/.agents/claude-\(claudeVersion)/claude"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    /// The Claude Code executable.
    /// - Throws: `TestSupportError` that says how to install it.
    public static func requireClaude() throws -> String {
        guard let claude else {
            throw TestSupportError(.missing, "Claude Code \(claudeVersion) is missing: run Tests/install-requirements")
        }
        return claude
    }
}
