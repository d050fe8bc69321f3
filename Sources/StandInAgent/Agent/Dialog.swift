/// What is open in place of the input box.
final class Dialog {
    enum Kind {
        case permission(ToolCall)
        case question(QuestionForm)
        /// A local command's screen.
        case local(String)
        case start(StartDialog)
    }

    /// How a dialog about a tool call ended.
    enum Verdict {
        case allowed
        /// For this tool until the session ends.
        case alwaysAllowed
        case switchedToAutomatic
        case answered([QuestionForm.Answer])
        /// Escape or "No".
        case rejected
        case decidedByHook(HookResult)
    }

    var kind: Kind
    /// The highlighted line, for the kinds that have two.
    var highlighted = 0
    private var waiting: CheckedContinuation<Verdict, Never>?

    init(_ kind: Kind) {
        self.kind = kind
    }

    /// What the status file says about it; nil before there is one.
    var waitingFor: String? {
        switch kind {
        case .permission: "permission prompt"
        case .question: "input needed"
        case .local: "dialog open"
        case .start: nil
        }
    }

    var lines: [String] {
        switch kind {
        case .permission(let call):
            [
                "\(call.name): \(call.input["command"]?.string ?? call.input.compact)", "Do you want to proceed?",
                "❯ 1. Yes", "  2. Yes, and always allow", "  3. Yes, and switch to auto mode", "  4. No",
            ]
        case .question(let form): form.lines
        case .local(let name): [name, "Esc to close"]
        case .start(let dialog): dialog.lines
        }
    }

    func verdict(isolation: isolated (any Actor)? = #isolation) async -> Verdict {
        await withCheckedContinuation { waiting = $0 }
    }

    /// Ends the wait; a second end does nothing.
    func end(_ verdict: Verdict) {
        waiting?.resume(returning: verdict)
        waiting = nil
    }
}
