import ArgumentParser
import Control
import EventLoop
import Sessions

struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Start a session.",
        usage: "dev-sessions create [options] [-- <agent options>]")

    @Option(name: [.customShort("p", allowingJoined: true), .long], parsing: .unconditional, help: "The folder to work in. (default: the current one)")
    var path: String?

    @Option(name: [.customShort("d", allowingJoined: true), .long], parsing: .unconditional, help: ArgumentHelp("What the session is for.", valueName: "text"))
    var description: String?

    @Option(parsing: .unconditional, help: "The agent: claude or codex.")
    var cli = "claude"

    @Option(name: [.customShort("m", allowingJoined: true), .long], parsing: .unconditional, help: "native. (docker comes with a later version)")
    var mode = "native"

    @Option(parsing: .unconditional, help: "The model that the agent uses.")
    var model: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Start the agent in this permission mode instead of skipping permissions.", valueName: "mode"))
    var permissionMode: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("When codex asks before a command: never, on-request or untrusted. (default: never)", valueName: "policy"))
    var approvalPolicy: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("What codex's commands may do: danger-full-access, workspace-write or read-only. (default: danger-full-access)", valueName: "sandbox"))
    var sandbox: String?

    @Flag(help: "The folder is trusted: the agent is not to ask about it.")
    var trust = false

    @Option(parsing: .unconditional, help: "The session's id: [a-z0-9][a-z0-9-]{0,62}. (default: a name)")
    var id: String?

    @Flag(help: "Print the session's record as JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print only the session's id.")
    var quiet = false

    @Argument(parsing: .postTerminator, help: "Options for the agent, after `--`.")
    var agentOptions: [String] = []

    func validate() throws {
        try Self.check("--cli <cli>", cli, among: ["claude", "codex"])
        try Self.check("-m, --mode <mode>", mode, among: ["native", "docker"])
    }

    func run() throws {
        // As with the npm tool, Codex has one mode.
        let mode = cli == "codex" ? "native" : mode
        guard mode != "docker" else { throw ControlError(.failed, "Sessions in docker come with a later version of dev-sessions. Use --mode native.") }
        let invocation = try Invocation.current()
        let path = AbsolutePath.resolve(path ?? "", against: invocation.workingDirectory)
        guard System.exists(path) else { throw ControlError(.failed, "Workspace path does not exist: \(path)") }
        guard System.isDirectory(path) else { throw ControlError(.failed, "Workspace path is not a directory: \(path)") }
        let session = NewSession(
            agent: AgentKind(rawValue: cli), path: path, description: description, mode: mode, model: model, id: id,
            permissionMode: permissionMode, approvalPolicy: approvalPolicy, sandbox: sandbox, trust: trust, agentArguments: agentOptions,
            environment: invocation.environment, parent: invocation.caller)
        let record = try invocation.launcher.connect().call(CreateCall(session: session))
        if json {
            try Output.print(json: record)
        } else {
            try Output.print(quiet ? record.championID : "Created session \(record.championID)")
        }
    }

    private static func check(_ option: String, _ value: String, among choices: [String]) throws {
        guard !choices.contains(value) else { return }
        throw ValidationError("option '\(option)' argument '\(value)' is invalid. Allowed choices are \(choices.joined(separator: ", ")).")
    }
}
