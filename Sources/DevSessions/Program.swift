import ArgumentParser
import Control
import EventLoop

/// The program `dev-sessions`.
@main
enum Program {
    static let version = "0.5.0"

    static func main() async {
        System.ignoreBrokenPipes()
        System.exit(await run(Array(CommandLine.arguments.dropFirst())))
    }

    /// - Returns: the exit code.
    private static func run(_ arguments: [String]) async -> Int32 {
        do {
            // Hooks run several times in every turn of every agent, so they skip what only people need.
            if let status = HiddenCommand(arguments)?.run() { return status }
            if let misspelt = MisspeltCommand(arguments) { throw ControlError(.failed, misspelt.message) }
            var command = try RootCommand.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return Control.ExitCode.success
        } catch let error as ControlError {
            if !error.message.isEmpty { Output.complain(error.message) }
            return error.exitCode
        } catch let status as CommandStatus {
            return status.code
        } catch {
            return UsageMessage(error, arguments: arguments).show()
        }
    }
}

/// Ends a command that has printed all it has to say.
struct CommandStatus: Error {
    let code: Int32
}
