import Control
import EventLoop
import JSON
import TestSupport

/// A home with a scripted supervisor in it, in which commands are run.
struct Stage: Sendable {
    let home: TemporaryHome
    let supervisor: ScriptedSupervisor
    let loop: EventLoop

    let stateDirectory: StateDirectory

    /// Sets a stage, lets `body` act on it, and clears it away.
    /// - Parameter stateDirectory: where in the home `DEV_SESSIONS_HOME` is; nil for its usual place.
    @discardableResult
    static func with<Value>(
        greeting: ScriptedSupervisor.Reaction = ScriptedSupervisor.welcome, isListening: Bool = true, stateDirectory: String? = nil,
        script: @escaping ScriptedSupervisor.Script = { _ in [.result([:])] },
        _ body: (Stage) async throws -> Value
    ) async throws -> Value {
        let home = try TemporaryHome()
        let loop = try EventLoop(name: "scripted-supervisor")
        let supervisor = ScriptedSupervisor(loop: loop, greeting: greeting, script: script)
        let stage = Stage(
            home: home, supervisor: supervisor, loop: loop,
            stateDirectory: StateDirectory(path: "\(home.path)/\(stateDirectory ?? ".dev-sessions")"))
        try stage.stateDirectory.prepare()
        if isListening { try await supervisor.listen(at: stage.stateDirectory.usualSocket) }
        do {
            let value = try await body(stage)
            await stage.clear()
            return value
        } catch {
            await stage.clear()
            throw error
        }
    }

    private func clear() async {
        await supervisor.close()
        await loop.shutdown()
    }

    /// A command line as a user would type it, without a shell.
    func command(_ arguments: [String], input: String = "", session: String? = nil) throws -> Command {
        var environment = home.environment()
        environment["DEV_SESSIONS_SESSION"] = session
        if !stateDirectory.path.hasSuffix("/.dev-sessions") { environment["DEV_SESSIONS_HOME"] = stateDirectory.path }
        var command = Command(
            try Package.executable("dev-sessions"), arguments, environment: environment, directory: home.path + "/work")
        command.input = Array(input.utf8)
        return command
    }

    func run(_ arguments: String..., input: String = "", session: String? = nil) async throws -> Command.Result {
        try await command(arguments, input: input, session: session).run()
    }

    /// As `run`, with a pipe for standard input: others are sockets, which cannot be opened by a name.
    func throughPipe(_ arguments: String..., input: String, session: String?) async throws -> Command.Result {
        var command = try command(arguments, input: input, session: session)
        command.arguments = ["-c", #"cat | "$0" "$@""#, command.executable] + arguments
        command.executable = "/bin/sh"
        return try await command.run()
    }

    /// Puts a shell script into the home. A shell writes it: had this process it open while it starts another one, the
    /// script could not be run.
    func makeScript(_ name: String, _ text: String) async throws -> String {
        var writer = Command("/bin/sh", ["-c", #"cat > "$0" && chmod 700 "$0""#, "\(home.path)/\(name)"], environment: home.environment())
        writer.input = Array("#!/bin/sh\n\(text)\n".utf8)
        _ = try await writer.run()
        return "\(home.path)/\(name)"
    }

    /// Runs what blocks where it keeps nothing else from running.
    func client<Value: Sendable>(_ body: @escaping @Sendable (ControlClient) throws -> Value) async throws -> Value {
        let socket = stateDirectory.usualSocket
        return try await loop.offload { try body(try ControlClient(socket: socket, programVersion: "0.5.0")) }
    }
}

extension JSON {
    /// A value as it goes over the wire.
    static func wire(_ value: some Encodable) -> JSON {
        do {
            return try JSON.encode(value)
        } catch {
            fatalError("a test's own value cannot be encoded: \(error)")
        }
    }
}
