import EventLoop
import Foundation
import JSON
import ScriptedModel
import TestSupport

/// An agent in a tmux pane of its own, operated as a person would.
struct AgentTerminal {
    enum Program {
        case standIn
        /// The real Claude Code, talking to a scripted model.
        case claude(ScriptedModel)
    }

    let home: TemporaryHome
    let session = UUID().uuidString.lowercased()
    private let folder: String

    /// Starts an agent and returns when it shows its prompt.
    static func start(
        _ program: Program = .standIn, arguments: [String] = ["--dangerously-skip-permissions"],
        environment: [String: String] = [:], isReady: Bool = true
    ) async throws -> AgentTerminal {
        let terminal = try AgentTerminal()
        try await terminal.launch(
            program, arguments: ["--session-id", terminal.session] + arguments, environment: environment)
        if isReady { try await terminal.wait(until: "idle") }
        return terminal
    }

    private init() throws {
        home = try TemporaryHome()
        folder = try home.makeWorkFolder("project")
    }

    /// Starts the program in a pane; `env -i` keeps the test's own environment away from it.
    func launch(_ program: Program, arguments: [String], environment: [String: String] = [:]) async throws {
        let executable: String
        var complete = home.environment()
        switch program {
        case .standIn: executable = try Package.executable("stand-in-agent")
        case .claude(let model):
            executable = try RealAgents.requireClaude()
            complete = home.environment(model: model.baseURL)
        }
        complete.merge(environment) { $1 }
        let words =
            ["exec", "env", "-i"] + complete.map { "\($0.key)=\($0.value)" } + [executable] + arguments
        let command = words.map(Self.quoted).joined(separator: " ")
        let exists = (try? await home.tmux.run("has-session", "-t", "=agent")) != nil
        if exists {
            try await home.tmux.run("respawn-pane", "-k", "-t", "agent:", "-c", folder, command)
        } else {
            try await home.tmux.run(
                "new-session", "-d", "-s", "agent", "-x", "120", "-y", "40", "-c", folder, command, ";",
                "set-option", "-t", "agent", "remain-on-exit", "on")
        }
    }

    /// Pastes a message and presses Enter.
    func send(_ text: String) async throws {
        try await paste(text)
        try await press("Enter")
    }

    func paste(_ text: String) async throws {
        try await home.tmux.run("load-buffer", "-b", "message", "-", input: text)
        try await home.tmux.run("paste-buffer", "-p", "-r", "-d", "-b", "message", "-t", "agent:")
        // Claude Code takes an Enter that comes soon after a paste for a part of it.
        try await Task.sleep(for: .milliseconds(200))
    }

    func press(_ keys: String...) async throws {
        for key in keys { try await home.tmux.run("send-keys", "-t", "agent:", key) }
    }

    /// What the newest status file says, or nil when there is none.
    var status: JSON? {
        let folder = home.path + "/.claude/sessions"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".json") }
            .lazy.compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)") }
            .compactMap { try? JSON(parsing: $0) }
            .max { $0["startedAt"]?.int ?? 0 < $1["startedAt"]?.int ?? 0 }
    }

    func wait(until status: String, _ reason: String? = nil) async throws {
        try await eventually("status \(status)") {
            self.status?["status"]?.string == status && self.status?["waitingFor"]?.string == reason
        }
    }

    /// The entries of the session's transcript.
    var entries: [JSON] { entries(of: session) }

    func entries(of session: String) -> [JSON] {
        let path = home.path + "/.claude/projects/" + folder.map { $0.isLetter || $0.isNumber ? String($0) : "-" }.joined()
        guard let data = FileManager.default.contents(atPath: "\(path)/\(session).jsonl") else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap { try? JSON(parsing: $0) }
    }

    /// Waits until the transcript has `count` entries of a shape.
    func wait(for shape: String, count: Int = 1) async throws {
        try await eventually("\(count) × \(shape)") {
            TranscriptShape(entries).conversation.count { $0 == shape } >= count
        }
    }

    /// Waits for the end of the pane's process and returns its exit status; nil when tmux missed it, which
    /// happens (3.3a) when the terminal is closed before the process has ended.
    func end() async throws -> Int? {
        let words = try await eventually("the end") {
            let line = try await home.tmux.run("list-panes", "-t", "agent:", "-F", "#{pane_dead} #{pane_dead_status}")
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.first == "1" ? words : nil
        }
        return words.count > 1 ? Int(words[1]) : nil
    }

    func kill(signal: Int32) throws {
        guard let processID = status?["pid"]?.int else { return }
        try System.kill(Int32(processID), signal)
    }

    func screen() async throws -> String {
        try await home.tmux.run("capture-pane", "-p", "-t", "agent:")
    }

    func stop() async throws {
        try await home.tmux.killServer()
    }

    private static func quoted(_ word: String) -> String {
        "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
