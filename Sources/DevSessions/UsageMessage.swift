import ArgumentParser
import Control

/// What the argument parser has to say: help that was asked for, or what is wrong with the command line.
struct UsageMessage {
    let text: String
    /// Help that was asked for goes to standard output.
    let isWanted: Bool

    init(_ error: any Error, arguments: [String]) {
        isWanted = RootCommand.exitCode(for: error) == .success && !arguments.isEmpty
        let message = RootCommand.message(for: error)
        if RootCommand.exitCode(for: error) == .success {
            text = message
        } else {
            text = "error: " + message.prefix(1).lowercased() + message.dropFirst()
        }
    }

    /// - Returns: the exit code.
    func show() -> Int32 {
        guard isWanted else {
            Output.complain(text)
            return Control.ExitCode.failure
        }
        return (try? Output.print(text)) == nil ? Control.ExitCode.failure : Control.ExitCode.success
    }
}
