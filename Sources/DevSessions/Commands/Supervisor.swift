import ArgumentParser
import Control
import EventLoop
import Sessions

struct Supervisor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "supervisor", abstract: "The background process that looks after the sessions.",
        discussion: "Commands start it when they need it. Sessions go on without it.",
        subcommands: [SupervisorRun.self, Start.self, Stop.self, Restart.self, Report.self])

    struct Start: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Start it, unless it runs.")

        func run() throws {
            let launcher = try Invocation.current().launcher
            let isRunning = try launcher.connectIfRunning() != nil
            let client = try launcher.connect()
            let status = try client.call(SupervisorStatusCall())
            try Output.print(isRunning ? "Supervisor already running (pid \(status.processID))" : "Supervisor started (pid \(status.processID))")
        }
    }

    struct Stop: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop it; sessions go on.")

        @Flag(help: "Also end our Codex app-server, so that other programs can take up its threads; turns that run are finished first.")
        var release = false

        func run() throws {
            try Output.print(try Invocation.current().launcher.stop(releasing: release) ? "Supervisor stopped" : "No supervisor is running")
        }
    }

    struct Restart: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop it, whatever its version, and start this one; sessions go on.")

        func run() throws {
            let launcher = try Invocation.current().launcher
            _ = try launcher.stop()
            let status = try launcher.connect().call(SupervisorStatusCall())
            try Output.print("Supervisor restarted (pid \(status.processID))")
        }
    }

    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status", abstract: "Say how it is. Exits with 1 when it does not run or is of another version.")

        @Flag(help: "Print all that is known as JSON; null when it does not run.")
        var json = false

        func run() throws {
            guard let client = try Invocation.current().launcher.connectIfRunning() else {
                try Output.print(json ? "null" : "Supervisor: not running")
                throw CommandStatus(code: Control.ExitCode.failure)
            }
            let status = try client.call(SupervisorStatusCall())
            guard !json else { return try Output.print(json: status) }
            let age = ProgressLine.elapsed((Timestamp.now() - status.startedAt) / 1000)
            let lines = [
                "Supervisor: running (version \(status.version), pid \(status.processID), for \(age))",
                "Files: \(status.stateDirectory)",
                "Sessions: \(status.sessions)",
                "Memory: \(status.residentBytes / 1_048_576) MB",
                "Longest turn of its loop: \(status.longestTurnMicroseconds / 1000) ms",
            ] + (status.agentServers ?? []).map { server in
                "Codex app-server: \(server.isOurs ? "ours" : "yours, joined") (version \(server.version ?? "unknown"), pid \(server.processID.map(String.init) ?? "unknown")) for \(server.home)"
            }
            try Output.print((lines + status.reports.map { "Found at start: \($0)" }).joined(separator: "\n"))
        }
    }
}
