import ArgumentParser
import Control

/// How long a command waits.
struct TimeLimit: ParsableArguments {
    @Option(
        name: [.customShort("t", allowingJoined: true), .long], parsing: .unconditional,
        help: ArgumentHelp("How long to wait, in seconds.", valueName: "seconds"))
    var timeout = "300"

    func milliseconds() throws(ControlError) -> Int64 {
        guard let seconds = Int64(timeout), seconds > 0 else { throw ControlError(.failed, "--timeout must be a positive integer") }
        return min(seconds, 1_000_000_000) * 1000
    }
}
