/// A tmux server of its own, at the place where tmux looks when `TMUX_TMPDIR` is `directory`.
public struct TmuxSocket: Sendable {
    /// What `TMUX_TMPDIR` is set to.
    public let directory: String

    /// - Parameter directory: a folder that only this user can enter.
    public init(directory: String) {
        self.directory = directory
    }

    /// Runs one tmux command against the server, without a configuration file of the developer's.
    /// - Throws: `TestSupportError` when tmux fails.
    @discardableResult
    public func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
        let result = try await command(arguments, environment: environment).run()
        guard result.isSuccess else {
            throw TestSupportError(
                .commandFailed, "tmux \(arguments.joined(separator: " ")): \(result.errorText)")
        }
        return result.outputText
    }

    /// Ends the server and everything that runs in it; does nothing when there is none.
    public func killServer() async throws {
        _ = try await command(["kill-server"], environment: [:]).run()
    }

    private func command(_ arguments: [String], environment: [String: String]) -> Command {
        var complete = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm-256color",
            "TMUX_TMPDIR": directory, "HOME": directory,
        ]
        complete.merge(environment) { $1 }
        return Command("tmux", ["-f", "/dev/null"] + arguments, environment: complete)
    }
}
