import Foundation
import JSON
import Synchronization

/// A home directory of its own for one test: programs started with its `environment` see nothing of the
/// developer's files, keys, agents or tmux sessions.
///
/// It is seeded so that Claude Code 2.1.329 reaches its prompt without a dialog and without the network; for Codex see
/// `configureCodex`. It is removed with the last reference to it. End the programs that run in it first
/// (`TmuxSocket.killServer()`): what a test that failed leaves in tmux is ended as well, but not waited for.
public final class TemporaryHome: Sendable {
    /// Under `/tmp`, because paths of sockets are limited to 107 bytes (103 on macOS).
    public let path: String
    /// The tmux server of this home.
    public let tmux: TmuxSocket
    /// Held while Codex's configuration is changed: folders are made by several at once.
    private let configuration = Mutex(())

    /// A made-up key, which Claude Code has been told to accept.
    public static let apiKey = "sk-ant-made-up-key-for-tests-0123456789abcdef"

    /// The start-up dialogs of Claude Code that are left in place, for tests of them.
    public struct Dialogs: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        /// "Do you trust the files in this folder?"
        public static let trust = Dialogs(rawValue: 1)
        /// "Detected a custom API key"
        public static let key = Dialogs(rawValue: 2)
        /// "Bypass Permissions mode"
        public static let bypass = Dialogs(rawValue: 4)
    }

    public init(dialogs: Dialogs = []) throws {
        path = "/tmp/dev-sessions-\(UInt32.random(in: .min ... .max))"
        tmux = TmuxSocket(directory: path + "/tmux")
        for folder in ["", "/tmux", "/tmp", "/bin", "/work", "/.claude"] {
            try FileManager.default.createDirectory(
                atPath: path + folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        }
        var state: JSON.Object = ["hasCompletedOnboarding": true]
        if !dialogs.contains(.key) {
            state["customApiKeyResponses"] = ["approved": [.string(String(Self.apiKey.suffix(20)))], "rejected": []]
        }
        if !dialogs.contains(.trust) { state["projects"] = ["/": ["hasTrustDialogAccepted": true]] }
        try write(JSON.object(state).pretty, to: ".claude.json")
        let settings: JSON = dialogs.contains(.bypass) ? [:] : ["skipDangerousModePermissionPrompt": true]
        try write(settings.pretty, to: ".claude/settings.json")
    }

    deinit {
        tmux.killServerNow()
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A complete environment for programs that run in this home.
    /// - Parameter model: the base address of the model that Claude Code is to use.
    public func environment(model: String? = nil) -> [String: String] {
        var environment = [
            "HOME": path,
            "PATH": "\(path)/bin:/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "SHELL": "/bin/sh",
            "TMPDIR": path + "/tmp",
            "TMUX_TMPDIR": path + "/tmux",
            "CLAUDE_CODE_TMPDIR": path + "/tmp",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            "CLAUDE_CODE_MAX_RETRIES": "2",
            "DISABLE_AUTOUPDATER": "1",
            // Claude Code refuses to bypass permissions for root, which containers run as, without it.
            "IS_SANDBOX": "1",
            "ANTHROPIC_API_KEY": Self.apiKey,
            "CODEX_HOME": path + "/.codex",
            Self.codexKeyVariable: "made-up-key-for-tests",
        ]
        if let model { environment["ANTHROPIC_BASE_URL"] = model }
        return environment
    }

    /// Makes `<home>/work/<name>` and returns its path.
    public func makeWorkFolder(_ name: String) throws -> String {
        let folder = "\(path)/work/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try configuration.withLock { _ in try trustInCodex(folder) }
        return folder
    }

    /// Puts a program onto this home's PATH under `name`.
    public func install(_ executable: String, as name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/bin/\(name)", withDestinationPath: executable)
    }

    /// Writes a file of this home, in one step.
    public func write(_ text: String, to relativePath: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path).appending(path: relativePath), options: .atomic)
    }

    /// The text of a file of this home.
    public func read(_ relativePath: String) throws -> String {
        try String(contentsOf: URL(filePath: path).appending(path: relativePath), encoding: .utf8)
    }

    /// Whether there is such a file in this home.
    public func has(_ relativePath: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/" + relativePath)
    }
}
