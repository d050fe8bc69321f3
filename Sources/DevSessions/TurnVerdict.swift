import Control
import Sessions

/// How a wait for one session came out, as its exit code and what is printed about it.
struct TurnVerdict {
    /// For standard output.
    let result: String?
    /// For standard error.
    let complaint: String?
    let exitCode: Int32

    init(_ outcome: WaitOutcome) {
        let state = outcome.turn?.state
        // A turn behind an open question needs the answer as much as the one that asks.
        guard outcome.pending.isEmpty || state?.isFinal == true else {
            exitCode = Control.ExitCode.inputNeeded
            (result, complaint) = (outcome.pending.map(\.summary).joined(separator: "\n\n"), nil)
            return
        }
        let isIdle = outcome.turn == nil && outcome.ended == nil
        exitCode = state?.outcome.exitCode ?? (isIdle ? Control.ExitCode.success : Control.ExitCode.failure)
        let reason = outcome.turn?.reason.map { ": \($0)" } ?? ""
        // The npm tool's words, where it has any.
        let subject = outcome.agent == .codex ? "Codex turn" : "Turn"
        (result, complaint) = switch state {
        case .completed: ("completed", nil)
        case nil where isIdle: ("completed", nil)
        case .cutOff where outcome.agent == .codex: (nil, "\(subject) cut off\(reason)")
        case .failed: (nil, "\(subject) failed\(reason)")
        case .interrupted: (nil, "\(subject) interrupted\(reason)")
        case .cancelled: (nil, "\(subject) cancelled\(reason)")
        case .undelivered: (nil, "\(subject) not delivered\(reason)")
        case nil where outcome.agent == .codex: (nil, "Codex session has ended\(outcome.ended.map { ": \($0)" } ?? "")")
        case .cutOff, .queued, .delivering, .running, .waitingForInput, nil: (nil, "tmux session died during wait")
        }
    }

    /// The exit code for several: a failure before a time-out before a question.
    static func worst(of codes: [Int32]) -> Int32 {
        [Control.ExitCode.failure, Control.ExitCode.timedOut, Control.ExitCode.inputNeeded].first(where: codes.contains)
            ?? Control.ExitCode.success
    }
}
