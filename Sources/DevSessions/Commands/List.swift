import ArgumentParser
import Control
import Sessions

struct List: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the sessions.")

    @Flag(help: "Also those whose agent has exited.")
    var all = false

    @Flag(help: "Print the sessions' records as JSON.")
    var json = false

    func run() throws {
        let list = try Invocation.call(ListCall(all: all))
        for warning in list.warnings { Output.complain(warning) }
        if json {
            try Output.print(json: list.sessions)
        } else if list.sessions.isEmpty {
            try Output.print("No active sessions")
        } else {
            try Output.print(Self.table(of: list.sessions).text)
        }
    }

    private static func table(of sessions: [SessionRecord]) -> Table {
        Table(
            header: ["ID", "CLI", "MODE", "HOST", "STATUS", "PATH", "DESCRIPTION", "LAST USED"],
            rows: sessions.map { record in
                [
                    record.championID, record.cli, record.mode, record.host ?? "local", record.status.rawValue, record.path,
                    record.description ?? "", record.lastUsed,
                ]
            })
    }
}
