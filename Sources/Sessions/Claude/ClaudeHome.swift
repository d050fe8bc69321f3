import EventLoop

/// Where one user's Claude Code keeps its files: `CLAUDE_CONFIG_DIR`, or `~/.claude`.
///
/// It belongs to a session and comes from the environment of whoever created it, never from the supervisor's.
/// Observed with Claude Code 2.1.329.
public struct ClaudeHome: Codable, Sendable, Hashable {
    /// Absolute.
    public let configurationDirectory: String
    /// The file with onboarding, trust and approved keys: `.claude.json`, inside the configuration directory only if that was chosen by `CLAUDE_CONFIG_DIR`.
    public let globalConfigurationFile: String

    public init(environment: [String: String]) {
        if var chosen = environment["CLAUDE_CONFIG_DIR"], !chosen.isEmpty {
            if !chosen.hasPrefix("/") { chosen = (environment["PWD"] ?? "") + "/" + chosen }
            configurationDirectory = chosen
            globalConfigurationFile = chosen + "/.claude.json"
        } else {
            let home = environment["HOME"] ?? "/"
            configurationDirectory = home + "/.claude"
            globalConfigurationFile = home + "/.claude.json"
        }
    }

    public var settingsFile: String { configurationDirectory + "/settings.json" }

    /// Holds `<pid>.json` for each live process.
    public var statusDirectory: String { configurationDirectory + "/sessions" }

    public func statusFile(processID: Int32) -> String { "\(statusDirectory)/\(processID).json" }

    /// The folder with the transcripts of the conversations that started in `workingDirectory`.
    /// - Parameter workingDirectory: the real path (links resolved), as Claude uses it.
    public func transcriptDirectory(workingDirectory: String) -> String {
        configurationDirectory + "/projects/" + Self.projectName(of: workingDirectory)
    }

    public func transcript(conversation: String, workingDirectory: String) -> String {
        transcriptDirectory(workingDirectory: workingDirectory) + "/" + conversation + ".jsonl"
    }

    /// Every UTF-16 unit that is no ASCII letter or digit becomes `-`; over 200 units, the first 200 and a hash of the whole path.
    static func projectName(of path: String) -> String {
        let units = Array(path.utf16)
        let name = String(decoding: units.map { Self.isPlain($0) ? $0 : UInt16(ascii: "-") }, as: UTF16.self)
        guard units.count > 200 else { return name }
        let hash = units.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
        return name.prefix(200) + "-" + String(hash.magnitude, radix: 36)
    }

    private static func isPlain(_ unit: UInt16) -> Bool {
        switch unit {
        case UInt16(ascii: "0")...UInt16(ascii: "9"),
             UInt16(ascii: "a")...UInt16(ascii: "z"),
             UInt16(ascii: "A")...UInt16(ascii: "Z"):
            true
        default:
            false
        }
    }
}

extension UInt16 {
    fileprivate init(ascii scalar: Unicode.Scalar) {
        self = UInt16(UInt8(ascii: scalar))
    }
}
