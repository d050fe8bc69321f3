import ArgumentParser
import Control
import Sessions

struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Send a message, wait for its turn, and print the answer.",
        discussion: "Exits with 3 and prints the question when the session needs input.")

    @Argument(help: "The session.")
    var id: String

    @OptionGroup var source: MessageSource
    @OptionGroup var limit: TimeLimit

    @Flag(help: "Print how the turn came out, with its answer, as JSON.")
    var json = false

    private struct Report: Encodable {
        let outcome: WaitOutcome
        let answer: String?
    }

    func run() throws {
        let text = try source.text()
        let milliseconds = try limit.milliseconds()
        let invocation = try Invocation.current()
        let client = try invocation.launcher.connect()
        let sent = try client.call(
            SendCall(session: id, text: text, literal: source.literal, queue: source.queue, caller: invocation.caller))
        let wait = TurnWait(
            launcher: invocation.launcher,
            call: WaitCall(sessions: [id], any: false, timeoutMilliseconds: milliseconds, turn: sent.turn, caller: invocation.caller))
        guard let outcome = try wait.run(on: client).outcomes.first else {
            throw ControlError(.failed, """
                Timed out waiting for \(id) after \(milliseconds / 1000)s (the agent keeps working; \
                use 'wait \(id)' then 'last-message \(id)' to pick up the reply)
                """, exitCode: Control.ExitCode.timedOut)
        }
        let verdict = TurnVerdict(outcome)
        if let complaint = verdict.complaint, !json { throw ControlError(.failed, complaint, exitCode: verdict.exitCode) }
        let answer = verdict.exitCode == Control.ExitCode.success
            ? try invocation.launcher.connect().call(LastMessageCall(session: id, count: 1, turn: sent.turn)).blocks.last : nil
        if json {
            try Output.print(json: Report(outcome: outcome, answer: answer))
        } else if verdict.exitCode != Control.ExitCode.success {
            try Output.print(verdict.result ?? "")
        } else if let answer {
            try Output.print(answer)
        }
        throw CommandStatus(code: verdict.exitCode)
    }
}
