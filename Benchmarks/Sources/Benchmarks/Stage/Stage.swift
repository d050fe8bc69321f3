import Foundation
import JSON
import TestSupport

/// A home with a supervisor of its own, in which `claude` is the stand-in agent.
struct Stage {
    let home: TemporaryHome
    let environment: [String: String]
    private let program: String
    /// Where sessions work.
    let folder: String

    init() throws {
        home = try TemporaryHome()
        program = try Package.executable("dev-sessions")
        try home.install(Package.executable("stand-in-agent"), as: "claude")
        environment = home.environment()
        folder = try home.makeWorkFolder("project")
    }

    /// Runs a body with a stage and ends everything on it.
    static func with<Value>(_ body: (Stage) async throws -> Value) async throws -> Value {
        let stage = try Stage()
        do {
            let value = try await body(stage)
            try await stage.strike()
            return value
        } catch {
            try? await stage.strike()
            throw error
        }
    }

    /// Runs a body with a stage on which `codex` is the real one, and its model a scripted one.
    static func withCodex<Value>(_ body: (Stage) async throws -> Value) async throws -> Value {
        try await ScriptedModelProcess.with { model in
            try await with { stage in
                try stage.home.install(RealAgents.requireCodex(), as: "codex")
                try stage.home.configureCodex(model: model)
                return try await body(stage)
            }
        }
    }

    private func strike() async throws {
        _ = try? await run("supervisor", "stop", "--release")
        try await home.tmux.killServer()
    }

    /// Runs a command of `dev-sessions` that must succeed, and returns what it printed.
    @discardableResult
    func run(_ arguments: String...) async throws -> String {
        try await bare(program, arguments).outputText
    }

    /// How long such a command takes, in milliseconds.
    func time(_ arguments: String...) async throws -> Double {
        try await milliseconds { try await bare(program, arguments) }
    }

    /// Runs any program that must succeed.
    @discardableResult
    func bare(_ executable: String, _ arguments: [String] = []) async throws -> Command.Result {
        var command = Command(executable, arguments, environment: environment, directory: folder)
        command.timeLimit = .seconds(120)
        let result = try await command.run()
        guard result.isSuccess else {
            throw BenchmarkError("\(executable) \(arguments.joined(separator: " ")) failed: \(result.errorText)")
        }
        return result
    }

    /// Makes sessions, a few at a time: `prefix-1` and so on.
    func createSessions(_ numbers: ClosedRange<Int>, prefix: String, agent: String = "claude") async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (started, number) in numbers.enumerated() {
                if started >= 4 { try await group.next() }
                group.addTask { try await run("create", "-q", "--cli", agent, "--id", "\(prefix)-\(number)") }
            }
            try await group.waitForAll()
        }
    }

    var supervisorProcess: Int {
        get async throws {
            guard let process = try await supervisorStatus["processID"]?.int else {
                throw BenchmarkError("the supervisor does not tell its process")
            }
            return process
        }
    }

    /// The app-server in which Codex's threads are.
    var appServer: (process: Int, socket: String) {
        get async throws {
            let server = try await supervisorStatus["agentServers"]?[0]
            guard let process = server?["processID"]?.int, let socket = server?["socket"]?.string else {
                throw BenchmarkError("the supervisor does not tell of an app-server")
            }
            return (process, socket)
        }
    }

    private var supervisorStatus: JSON {
        get async throws { try JSON(parsing: await run("supervisor", "status", "--json")) }
    }

    /// Where the supervisor takes calls.
    var supervisorSocket: String { home.path + "/.dev-sessions/supervisor.sock" }

    /// Returns when the supervisor has done what there was to do: it uses no processor.
    func supervisorIsQuiet() async throws {
        let process = try await supervisorProcess
        var before = -1.0
        for _ in 0..<240 {
            let now = ProcessUsage.processorTime(of: process) ?? 0
            if before >= 0, now - before < 10 { return }
            before = now
            try await Task.sleep(for: .milliseconds(500))
        }
        throw BenchmarkError("the supervisor does not come to rest")
    }

    func transcript(of session: String) async throws -> String {
        guard let path = try JSON(parsing: await run("status", session, "--json"))["transcript"]?.string else {
            throw BenchmarkError("\(session) has no transcript")
        }
        return path
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
