import ArgumentParser
import Control
import EventLoop

struct Attach: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach", abstract: "Show a session's terminal in this one.")

    @Argument(help: "The session.")
    var id: String

    func run() throws {
        let invocation = try Invocation.current()
        let command = try invocation.launcher.connect().call(AttachCall(session: id)).command
        guard let name = command.first,
              let program = System.findExecutable(name, path: invocation.environment["PATH"] ?? "")
        else { throw ControlError(.failed, "\(command.first ?? "The terminal's program") was not found on your PATH.") }
        do {
            try System.execute(program, arguments: command, environment: invocation.environment)
        } catch {
            throw ControlError(.failed, "\(id) cannot be shown: \(error)")
        }
    }
}
