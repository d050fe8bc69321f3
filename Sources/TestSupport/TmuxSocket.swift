import EventLoop
import Foundation

/// A tmux server of its own, at the place where tmux looks when `TMUX_TMPDIR` is `directory`.
public struct TmuxSocket: Sendable {
    /// What `TMUX_TMPDIR` is set to.
    public let directory: String

    /// - Parameter directory: a folder that only this user can enter.
    public init(directory: String) {
        self.directory = directory
    }

    /// Runs one tmux command against the server, without a configuration file of the developer's.
    /// - Parameters:
    ///   - input: its standard input, for `load-buffer -`.
    ///   - environment: of the client, in addition to the little that tmux needs; a new server passes it on.
    /// - Returns: what it printed.
    /// - Throws: `TestSupportError` when tmux fails.
    @discardableResult
    public func run(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) async throws -> String {
        var command = command(arguments, environment: environment)
        command.input = Array(input.utf8)
        let result = try await command.run()
        guard result.isSuccess else {
            throw TestSupportError(
                .commandFailed, "tmux \(arguments.joined(separator: " ")): \(result.errorText)")
        }
        return result.outputText
    }

    /// Ends the server and what runs in its panes, and returns when that is gone: programs write files on their
    /// way out. Does nothing when there is no server.
    public func killServer() async throws {
        let panes = try await command(["list-panes", "-a", "-F", "#{pane_pid}"], environment: [:]).run()
        let processes = panes.outputText.split(separator: "\n").compactMap { Int32($0) }.compactMap(ProcessIdentity.of)
        _ = try await command(["kill-server"], environment: [:]).run()
        try await eventually("the end of what ran in tmux") { processes.allSatisfy { !$0.isAlive } }
    }

    /// Ends the server, if there is one, without waiting for what runs in it; for places that cannot wait.
    ///
    /// Not with Foundation's `Process`: other programs that start at the same time inherit the pipe by which it learns
    /// of the end, so that it waits for their ends as well, and a thread of the pool with it.
    func killServerNow() {
        guard FileManager.default.fileExists(atPath: "\(directory)/tmux-\(System.userID)/default") else { return }
        let command = command(["kill-server"], environment: [:])
        let process = try? System.startDetached(
            "/usr/bin/env", arguments: ["env", command.executable] + command.arguments, environment: command.environment,
            directory: "/", log: "/dev/null")
        _ = try? process?.readOutput(deadline: .now + .seconds(10))
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
