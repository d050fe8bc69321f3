import EventLoop
import Foundation
import JSON
import ScriptedModel
import TestSupport

/// One user's machine in miniature: a home with an agent, a tmux server, a scripted model and `dev-sessions`.
/// Ends everything that it started when `close()` is called; ``withWorkplace(_:_:)`` does that.
final class Workplace: Sendable {
    enum Agent: Sendable {
        /// The real Claude Code with a scripted model.
        case claude
        /// The real Codex with a scripted model.
        case codex
        /// The cheap one, where hundreds are needed or a fault must be forced.
        case standIn
    }

    let home: TemporaryHome
    let model: ScriptedModel?
    let program: String
    /// The folder of `dev-sessions`' own files.
    let state: String
    let environment: [String: String]
    private let agent: Agent

    private init(agent: Agent, dialogs: TemporaryHome.Dialogs, stateDirectory: String?) async throws {
        self.agent = agent
        home = try TemporaryHome(dialogs: dialogs)
        program = try Package.executable("dev-sessions")
        state = home.path + "/" + (stateDirectory ?? ".dev-sessions")
        var environment: [String: String]
        switch agent {
        case .claude:
            let model = try await ScriptedModel.start()
            self.model = model
            try home.install(RealAgents.requireClaude(), as: "claude")
            environment = home.environment(model: model.baseURL)
        case .codex:
            let model = try await ScriptedModel.start()
            self.model = model
            try home.install(RealAgents.requireCodex(), as: "codex")
            try home.configureCodex(model: model.openAIBaseURL)
            environment = home.environment()
        case .standIn:
            model = nil
            try home.install(Package.executable("stand-in-agent"), as: "claude")
            environment = home.environment()
        }
        if stateDirectory != nil { environment["DEV_SESSIONS_HOME"] = state }
        self.environment = environment
    }

    /// Runs `body` in a new workplace and clears that away afterwards, whatever happens.
    /// - Parameter stateDirectory: `DEV_SESSIONS_HOME` within the home, if it is not the default.
    static func with<Result>(
        _ agent: Agent, dialogs: TemporaryHome.Dialogs = [], stateDirectory: String? = nil,
        _ body: (Workplace) async throws -> Result
    ) async throws -> Result {
        let workplace = try await Workplace(agent: agent, dialogs: dialogs, stateDirectory: stateDirectory)
        do {
            let result = try await body(workplace)
            await workplace.close()
            return result
        } catch {
            let log = (try? String(contentsOfFile: workplace.state + "/supervisor.log", encoding: .utf8)) ?? ""
            let terminals = (try? await workplace.terminals()) ?? ""
            await workplace.close()
            throw WorkplaceError(cause: error, log: String(log.suffix(4000)), terminals: terminals)
        }
    }

    /// What the sessions' terminals show, blank lines left out.
    private func terminals() async throws -> String {
        var screens: [String] = []
        for pane in try await home.tmux.run("list-panes", "-a", "-F", "#{pane_id}").split(separator: "\n") {
            screens.append(try await home.tmux.run("capture-pane", "-p", "-t", String(pane)))
        }
        return screens.joined(separator: "\n").split(separator: "\n").filter { $0.contains { $0 != " " } }.joined(separator: "\n")
    }

    private func close() async {
        // A server that a person's terminal is attached to is left alone.
        if agent == .codex { try? await home.tmux.killServer() }
        _ = try? await run("kill", "--all")
        _ = try? await run("supervisor", "stop")
        try? await home.tmux.killServer()
        await endAppServers()
        await model?.stop()
    }

    // MARK: Commands

    /// Runs `dev-sessions` with these arguments.
    func run(
        _ arguments: String..., input: String = "", environment further: [String: String] = [:], directory: String? = nil,
        timeLimit: Duration = .seconds(180)
    ) async throws -> Command.Result {
        try await run(arguments, input: Array(input.utf8), environment: further, directory: directory, timeLimit: timeLimit)
    }

    func run(
        _ arguments: [String], input: [UInt8] = [], environment further: [String: String] = [:], directory: String? = nil,
        timeLimit: Duration = .seconds(180)
    ) async throws -> Command.Result {
        var command = Command(
            program, arguments, environment: environment.merging(further) { $1 }, directory: directory ?? home.path + "/work")
        command.input = input
        command.timeLimit = timeLimit
        return try await command.run()
    }

    /// Runs a command that must succeed, and returns its output without the line end.
    @discardableResult
    func must(
        _ arguments: String..., input: String = "", environment: [String: String] = [:], directory: String? = nil
    ) async throws -> String {
        let result = try await run(arguments, input: Array(input.utf8), environment: environment, directory: directory)
        guard result.isSuccess else {
            throw WorkplaceError(command: arguments, result: result)
        }
        return result.outputText.hasSuffix("\n") ? String(result.outputText.dropLast()) : result.outputText
    }

    /// Creates a session in a folder of its own and returns its id.
    func create(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
        let folder = try home.makeWorkFolder("folder-\(UInt32.random(in: 0 ... .max))")
        let cli = agent == .codex ? ["--cli", "codex"] : []
        let result = try await run(["create", "-q", "--path", folder] + cli + arguments, environment: environment)
        guard result.isSuccess else { throw WorkplaceError(command: ["create"] + arguments, result: result) }
        return result.outputText.trimmingCharacters(in: .newlines)
    }

    func status(_ id: String) async throws -> JSON {
        try JSON(parsing: try await must("status", id, "--json"))
    }

    func record(_ id: String) async throws -> JSON {
        try JSON(parsing: try await must("inspect", id))
    }

    /// Waits until the session's state is this.
    func state(_ state: String, of id: String) async throws {
        try await eventually("\(id) to be \(state)", deadline: .seconds(60)) {
            try await must("status", id) == state
        }
    }

    /// What the model got from the session's user, in order.
    func received(_ id: String) async throws -> [String] {
        guard let model, let conversation = try await record(id)["internalId"]?.string else { return [] }
        return await model.receivedPrompts(session: conversation)
    }

    /// The supervisor's process.
    func supervisorPID() async throws -> Int32 {
        let status = try JSON(parsing: try await must("supervisor", "status", "--json"))
        guard let pid = status["processID"]?.int else { throw WorkplaceError(command: ["supervisor status"], result: nil) }
        return Int32(pid)
    }

    /// The agent's process.
    func agentPID(_ id: String) async throws -> Int32 {
        guard let pid = try await status(id)["processID"]?.int else {
            throw WorkplaceError(command: ["status", id], result: nil)
        }
        return Int32(pid)
    }

    /// The live processes of this home with this word among their arguments.
    func processes(with word: String) -> [Int32] {
        ((try? System.entries(of: "/proc")) ?? []).compactMap { Int32($0) }.filter { number in
            guard let line = try? System.readFile("/proc/\(number)/cmdline"),
                let environment = try? System.readFile("/proc/\(number)/environ")
            else { return false }
            return line.split(separator: 0).contains { $0.elementsEqual(word.utf8) }
                && environment.split(separator: 0).contains { $0.elementsEqual("HOME=\(home.path)".utf8) }
        }
    }

    /// Presses keys in the session's terminal, as a person would.
    func press(_ keys: String..., in id: String) async throws {
        try await press(keys, in: id)
    }

    func press(_ keys: [String], in id: String) async throws {
        _ = try await Command(
            "tmux", ["send-keys", "-t", "=dev-\(id):"] + keys, environment: environment).run()
    }
}

struct WorkplaceError: Error, CustomStringConvertible {
    let description: String

    init(command: [String], result: Command.Result?) {
        description = "dev-sessions \(command.joined(separator: " ")): exit \(result?.exit.status ?? -1)\n"
            + "\(result?.outputText ?? "")\n\(result?.errorText ?? "")"
    }

    init(cause: any Error, log: String, terminals: String) {
        description = "\(cause)\nsupervisor.log:\n\(log)\nterminals:\n\(terminals)"
    }
}
