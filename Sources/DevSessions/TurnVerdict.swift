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
        let reason = outcome.turn?.reason.map { ": \($0)" } ?? ""
        switch outcome.turn?.state {
        case .completed:
            self.init(result: "completed", exitCode: Control.ExitCode.success)
        case .waitingForInput where !outcome.pending.isEmpty:
            self.init(result: outcome.pending.map(\.summary).joined(separator: "\n\n"), exitCode: Control.ExitCode.inputNeeded)
        case .failed:
            self.init(complaint: "Turn failed\(reason)")
        case .interrupted:
            self.init(complaint: "Turn interrupted\(reason)")
        case .cancelled:
            self.init(complaint: "Turn cancelled\(reason)")
        case .undelivered:
            self.init(complaint: "Turn not delivered\(reason)")
        case .cutOff, .queued, .delivering, .running, .waitingForInput, nil:
            self.init(complaint: "tmux session died during wait")
        }
    }

    private init(result: String? = nil, complaint: String? = nil, exitCode: Int32 = Control.ExitCode.failure) {
        self.result = result
        self.complaint = complaint
        self.exitCode = exitCode
    }

    /// The exit code for several: a failure before a time-out before a question.
    static func worst(of codes: [Int32]) -> Int32 {
        [Control.ExitCode.failure, Control.ExitCode.timedOut, Control.ExitCode.inputNeeded].first(where: codes.contains)
            ?? Control.ExitCode.success
    }
}
