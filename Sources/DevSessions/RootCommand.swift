import ArgumentParser

struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev-sessions",
        abstract: "Runs many coding-agent sessions: spawn, send, wait, read.",
        discussion: "Exit codes: 0 done, 1 failed, 3 the session needs input (the question is printed), 124 time is over.",
        subcommands: [
            Create.self, Send.self, Ask.self, Wait.self, LastMessage.self, Status.self, List.self, Logs.self, Inspect.self,
            Kill.self, Restart.self, Respond.self, Interrupt.self, Goal.self, Attach.self, Supervisor.self,
        ])

    @Flag(name: [.customShort("V"), .long], help: "Show the version.")
    var version = false

    func run() throws {
        guard version else { throw CleanExit.helpRequest(self) }
        try Output.print(Program.version)
    }
}
