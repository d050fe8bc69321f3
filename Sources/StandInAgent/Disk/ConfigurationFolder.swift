import EventLoop

/// Where Claude Code keeps its state: `CLAUDE_CONFIG_DIR`, or `~/.claude`.
struct ConfigurationFolder: Sendable {
    let path: String

    init(environment: [String: String]) {
        path = environment["CLAUDE_CONFIG_DIR"] ?? (environment["HOME"] ?? "/") + "/.claude"
    }

    var settings: String { path + "/settings.json" }

    func statusFile(of processID: Int32) -> String { "\(path)/sessions/\(processID).json" }

    /// The transcript of a session that was started in `directory`, whether it exists or not.
    func transcript(of session: String, startedIn directory: String) -> String {
        "\(path)/projects/\(Self.projectName(of: directory))/\(session).jsonl"
    }

    /// The transcript of a session, wherever it was started.
    func existingTranscript(of session: String) -> String? {
        let projects = (try? System.entries(of: path + "/projects")) ?? []
        return projects.map { "\(path)/projects/\($0)/\(session).jsonl" }.first(where: System.exists)
    }

    /// The folder's name for a project: every UTF-16 unit that is no ASCII letter or digit becomes a dash; beyond
    /// 200 units it is cut and a hash of the whole path is added (Claude Code 2.1.329).
    static func projectName(of directory: String) -> String {
        let name = directory.utf16.map { unit -> Character in
            guard let scalar = Unicode.Scalar(unit), scalar.isASCII else { return "-" }
            let character = Character(scalar)
            return character.isLetter || character.isNumber ? character : "-"
        }
        guard name.count > 200 else { return String(name) }
        let hash = directory.utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
        return String(name.prefix(200)) + "-" + String(hash.magnitude, radix: 36)
    }
}
