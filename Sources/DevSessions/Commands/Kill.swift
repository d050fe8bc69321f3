import ArgumentParser
import Control

struct Kill: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "kill", abstract: "End sessions.")

    @Argument(help: "The session.")
    var id: String?

    @Flag(help: "All sessions.")
    var all = false

    @Option(parsing: .unconditional, help: ArgumentHelp("Sessions not used for this long: 30m, 72h, 7d.", valueName: "duration"))
    var olderThan: String?

    @Flag(help: "Also remove what is kept of their messages and events.")
    var purge = false

    func run() throws {
        guard [id != nil, all, olderThan != nil].count(where: { $0 }) == 1 else {
            throw ControlError(.failed, "Provide exactly one of <id>, --all, or --older-than <duration>")
        }
        let result = try Invocation.call(KillCall(target: try target(), purge: purge))
        for killed in result.killed { try Output.print("Killed session \(killed)") }
        for failure in result.failures { Output.complain("\(failure.session): \(failure.message)") }
        if id == nil {
            let count = result.killed.count
            let isNone = count == 0 && result.failures.isEmpty
            try Output.print(isNone ? "No matching sessions to kill" : "Killed \(count) \(count == 1 ? "session" : "sessions")")
        }
        guard result.failures.isEmpty else { throw CommandStatus(code: Control.ExitCode.failure) }
    }

    private func target() throws(ControlError) -> KillCall.Target {
        if let id { return .session(id) }
        guard let olderThan else { return .all }
        return .olderThan(milliseconds: try Self.milliseconds(olderThan))
    }

    private static func milliseconds(_ text: String) throws(ControlError) -> Int64 {
        let units: [Character: Int64] = ["m": 60_000, "h": 3_600_000, "d": 86_400_000]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw ControlError(.failed, "--older-than must be a duration like 30m, 72h, or 7d")
        }
        let (duration, isTooLong) = (Int64(digits) ?? .max).multipliedReportingOverflow(by: unit)
        guard duration > 0 || isTooLong else { throw ControlError(.failed, "--older-than must be a positive duration") }
        return isTooLong ? .max : duration
    }
}
