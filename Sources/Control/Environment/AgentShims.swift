import EventLoop
import Sessions

/// The scripts that agents run as their hook and as their editor: names that stay while the program behind them is
/// upgraded, because an agent reads its settings once and outlives an upgrade.
public struct AgentShims: Sendable, Hashable {
    public let executable: String
    public let stateDirectory: StateDirectory

    /// - Parameter executable: absolute.
    public init(executable: String, stateDirectory: StateDirectory) {
        self.executable = executable
        self.stateDirectory = stateDirectory
    }

    /// The hook's arguments, the session's id first, are handed on. It never ends with 2, which for Claude Code
    /// 2.1.329 swallows the user's message: without our program it ends with 0.
    public var hook: String {
        let program = ShellWord.quoted(executable)
        return """
            #!/bin/sh
            # The hook of agents that dev-sessions started, written by its supervisor. Format 1.
            [ -x \(program) ] || exit 0
            exec \(program) hook --state-directory \(ShellWord.quoted(stateDirectory.path)) "$@"

            """
    }

    /// The editor of agents. Without our program it is the person's own.
    public var editor: String {
        let program = ShellWord.quoted(executable)
        return """
            #!/bin/sh
            # The editor of agents that dev-sessions started, written by its supervisor. Format 1.
            [ -x \(program) ] && exec \(program) editor --state-directory \(ShellWord.quoted(stateDirectory.path)) "$@"
            exec ${DEV_SESSIONS_EDITOR:-vi} "$@"

            """
    }

    /// Puts the scripts in their places, each in one step: an agent runs the old one or the new one.
    public func install() throws(ControlError) {
        try Self.install(hook, at: stateDirectory.hookShim)
        try Self.install(editor, at: stateDirectory.editorShim)
    }

    private static func install(_ script: String, at path: String) throws(ControlError) {
        let new = path + ".new"
        do {
            if let present = try? System.readFile(path), present == Array(script.utf8) { return }
            try System.replace(new, with: Array(script.utf8))
            try System.setPermissions(new, 0o700)
            try System.rename(new, to: path)
        } catch {
            throw ControlError(.failed, "The script \(path) cannot be written: \(error)")
        }
    }
}
