import EventLoop
import JSON

/// The files that we keep for one Claude session, in a folder of its own that is its owner's alone.
struct ClaudeFiles: Sendable {
    let directory: String

    init(stateDirectory: String, session: String) {
        directory = "\(stateDirectory)/claude/\(session)"
    }

    /// What `--settings` names; Claude reads it once, at its start.
    var settings: String { directory + "/settings.json" }
    /// The agent's environment, for restarts. It holds secrets and goes with the session.
    var environment: String { directory + "/environment.json" }

    func write(settings: JSON, environment: [String: String]) throws {
        try System.makeDirectory(directory, withParents: true)
        try System.replace(self.settings, with: settings.bytes)
        try System.replace(self.environment, with: JSON.encode(environment).bytes)
    }

    /// - Returns: nil of a session that the npm tool made.
    func readEnvironment() -> [String: String]? {
        guard let json = try? JSON(parsing: System.readFile(environment)) else { return nil }
        return try? json.decode()
    }

    func remove() {
        try? System.removeTree(directory)
    }
}
