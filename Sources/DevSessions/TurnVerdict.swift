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
        exitCode = state?.outcome.exitCode ?? Control.ExitCode.failure
        let reason = outcome.turn?.reason.map { ": \($0)" } ?? ""
        (result, complaint) = switch state {
        case .completed: ("completed", nil)
        case .failed: (nil, "Turn failed\(reason)")
        case .interrupted: (nil, "Turn interrupted\(reason)")
        case .cancelled: (nil, "Turn cancelled\(reason)")
        case .undelivered: (nil, "Turn not delivered\(reason)")
        case .cutOff, .queued, .delivering, .running, .waitingForInput, nil: (nil, "tmux session died during wait")
        }
    }

    /// The exit code for several: a failure before a time-out before a question.
    static func worst(of codes: [Int32]) -> Int32 {
        [Control.ExitCode.failure, Control.ExitCode.timedOut, Control.ExitCode.inputNeeded].first(where: codes.contains)
            ?? Control.ExitCode.success
    }
}
