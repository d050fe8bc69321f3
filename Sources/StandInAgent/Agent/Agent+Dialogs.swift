import EventLoop
import JSON

extension Agent {
    func show(_ kind: Dialog.Kind) {
        let dialog = Dialog(kind)
        self.dialog = dialog
        if let waitingFor = dialog.waitingFor { set(.waiting(for: waitingFor)) }
        screen.say(dialog.lines.joined(separator: "\n"))
    }

    /// Asks the person, and PermissionRequest's hooks at the same time: the first answer counts.
    ///
    /// A hook goes on after a person has answered; Escape ends it (Claude Code 2.1.329).
    func verdict(on call: ToolCall, as kind: Dialog.Kind, in turn: Turn) async -> Dialog.Verdict {
        let start = ContinuousClock.now
        show(kind)
        guard let dialog else { return .rejected }
        turn.stage = .inDialog
        var fields = workFields
        fields["tool_name"] = .string(call.name)
        fields["tool_input"] = call.input
        if case .permission = kind {
            fields["permission_suggestions"] = [
                ["type": "setMode", "mode": "acceptEdits", "destination": "session"]
            ]
        }
        let request = Task {
            let results = await fire("PermissionRequest", tool: call.name, fields)
            if let decision = results.first(where: { $0.requestDecision != nil }) {
                dialog.end(.decidedByHook(decision))
            }
        }
        let notification = Task {
            try await loop.sleep(for: .milliseconds(6400))
            await notify("permission_prompt", "Claude needs your permission")
        }
        let verdict = await dialog.verdict()
        notification.cancel()
        if case .rejected = verdict { request.cancel() } else { turn.stage = .inTool(call) }
        self.dialog = nil
        turn.waited += .now - start
        set(.busy)
        return verdict
    }

    func pressInDialog(_ key: Key) {
        guard let dialog else { return }
        switch dialog.kind {
        case .permission: pressInPermission(key, dialog)
        case .question(var form):
            let outcome = form.press(key)
            dialog.kind = .question(form)
            switch outcome {
            case .answered(let answers): dialog.end(.answered(answers))
            case .declined: dialog.end(.rejected)
            case nil: screen.say(form.lines.joined(separator: "\n"))
            }
        case .local:
            guard key == .escape else { return }
            self.dialog = nil
            set(.idle)
            takeFromQueue()
        case .start(let start): pressInStart(key, dialog, start)
        }
    }

    private func pressInPermission(_ key: Key, _ dialog: Dialog) {
        switch key {
        case .enter, .text("1"): dialog.end(.allowed)
        case .text("2"): dialog.end(.alwaysAllowed)
        case .text("3"): dialog.end(.switchedToAutomatic)
        case .text("4"), .escape, .control("c"): dialog.end(.rejected)
        default: break
        }
    }

    /// The first line of each start dialog is the way out, and it is highlighted.
    private func pressInStart(_ key: Key, _ dialog: Dialog, _ start: StartDialog) {
        switch key {
        case .down: dialog.highlighted = 1
        case .up: dialog.highlighted = 0
        case .text("2"): accept()
        case .enter where dialog.highlighted == 1: accept()
        case .enter, .escape, .text("1"), .control("c"): Program.end(1)
        default: break
        }
    }

    private func accept() {
        dialog = nil
        Task { await becomeReady() }
    }
}
