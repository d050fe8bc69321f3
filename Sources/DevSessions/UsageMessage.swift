import ArgumentParser
import Control

/// What the argument parser has to say: help that was asked for, or what is wrong with the command line.
struct UsageMessage {
    let text: String
    /// Help that was asked for goes to standard output.
    let isWanted: Bool

    init(_ error: any Error, arguments: [String]) {
        let isHelp = RootCommand.exitCode(for: error) == .success
        let options = arguments.prefix { $0 != "--" }
        isWanted = isHelp && (options.contains("-h") || options.contains("--help") || options.first == "help")
        // The parser takes a word such as `-dash` for a group of options with `-h` among them: a message that begins
        // with a dash must not end in help and success.
        let misread = isHelp && !isWanted ? options.first { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.count > 2 } : nil
        let message = RootCommand.message(for: error)
        text = if let misread {
            "error: unknown option '\(misread)'"
        } else if isHelp {
            String(message.trimmingSuffix(while: \.isNewline))
        } else {
            "error: " + message.prefix(1).lowercased() + message.dropFirst()
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
