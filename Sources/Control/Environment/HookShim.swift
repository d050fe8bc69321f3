import EventLoop

/// The script that agents run as their hook: a name that stays while the program behind it is upgraded, because an
/// agent reads its settings once and outlives an upgrade.
///
/// It never ends with 2, which for Claude Code 2.1.329 swallows the user's message: without our program it ends with 0.
public struct HookShim: Sendable, Hashable {
    public let executable: String
    public let stateDirectory: StateDirectory

    /// - Parameter executable: absolute.
    public init(executable: String, stateDirectory: StateDirectory) {
        self.executable = executable
        self.stateDirectory = stateDirectory
    }

    /// The script's arguments, the session's id first, are handed on.
    public var script: String {
        let program = Self.quoted(executable)
        return """
            #!/bin/sh
            # The hook of agents that dev-sessions started, written by its supervisor. Format 1.
            [ -x \(program) ] || exit 0
            exec \(program) hook --state-directory \(Self.quoted(stateDirectory.path)) "$@"

            """
    }

    /// Puts the script in its place in one step: an agent runs the old one or the new one.
    public func install() throws(ControlError) {
        let path = stateDirectory.hookShim
        let new = path + ".new"
        do {
            if let present = try? System.readFile(path), present == Array(script.utf8) { return }
            try System.replace(new, with: Array(script.utf8))
            try System.setPermissions(new, 0o700)
            try System.rename(new, to: path)
        } catch {
            throw ControlError(.failed, "The hook \(path) cannot be written: \(error)")
        }
    }

    /// One word for a shell.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
