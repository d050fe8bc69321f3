import EventLoop
import Transcripts
import JSON
import Tmux

extension ClaudeAgent {
    /// Times of a delivery. Claude tells that it took a message after 30 to 600 ms; the rest is patience for a loaded machine.
    private enum Time {
        static let confirmation = Duration.seconds(2)
        static let patience = Duration.seconds(10)
        /// From its Enter to the first trace of a message: 0.1 s, up to 1.5 s on a loaded machine.
        static let traces = Duration.seconds(3)
        /// A person typed as recently as this: wait for them to finish.
        static let personIsTyping = Duration.seconds(5)
        static let waitForPerson = Duration.seconds(30)
    }

    func deliver(_ message: PreparedMessage, turn: Int64) async throws(DeliveryFailure) {
        await terminal.enter(on: self)
        defer { terminal.leave() }
        try await waitForPerson()
        try checkReadiness()
        let confirmation = Expectation(on: loop)
        confirmations[turn] = confirmation
        tracker.expect(message, turn: turn, typedAt: Timestamp.now())
        events(.recordChanged(["claudeSystemCountAtSend": .number(JSON.Number(systemEntries))]))
        do throws(TmuxError) {
            try await type(message)
        } catch {
            confirmations[turn] = nil
            tracker.forget(turn: turn)
            throw exitReason.map(DeliveryFailure.exited) ?? .refused("tmux did not take it: \(error)")
        }
        if let exitReason {
            confirmations[turn] = nil
            tracker.forget(turn: turn)
            throw .exited(exitReason)
        }
        try await submit(message, confirmation, turn)
    }

    private func checkReadiness() throws(DeliveryFailure) {
        if let exitReason { throw .exited(exitReason) }
        if !requests.isEmpty { throw .busy("it waits for input") }
        // Claude would make one turn of them and ours, with one answer.
        if !reducer.queuedMessages.isEmpty { throw .busy("messages of others wait in it") }
        switch status?.activity {
        case .waiting(let reason): throw .busy("it waits: \(reason)")
        // Only its background agents work: it takes messages.
        case .busy where !tracker.hasSuspendedTurns || reducer.turn != nil: throw .busy("it works on something else")
        default: break
        }
    }

    /// Empties the input box and puts the text into it.
    private func type(_ message: PreparedMessage) async throws(TmuxError) {
        try await clearBox(after: boxMayHoldLastMessage ? lastTyped : "")
        boxMayHoldLastMessage = true
        lastTyped = message.text
        submittedSomethingElse = false
        if message.command != nil {
            // The line break closes the menu of commands: Enter would else run the menu's suggestion for half a name.
            return try await tmux.paste(ClaudePaste.chunks(of: message.text + "\n"), into: pane)
        }
        if try await putByEditor(message.text) { return }
        try await clearBox()
        try await tmux.paste(ClaudePaste.chunks(of: ClaudePrompt.guarded(ClaudePaste.text(message.text))), into: pane)
    }

    /// Empties the input box, whatever is in it.
    ///
    /// C-u removes one visual line, the next one its line break, and does nothing in an empty box; it also leaves the
    /// shell mode and the menus. Without an escape sequence between them (End), Claude Code 2.1.329 takes 64 of them
    /// for a paste and drops them all.
    /// - Parameter typed: what was typed last, if that may still stand there.
    func clearBox(after typed: String = "") async throws(TmuxError) {
        let lines = typed.utf8.count / 80 + typed.utf8.count { $0 == UInt8(ascii: "\n") }
        let pairs = min(max(20, 2 * lines), 4000)
        try await tmux.sendKeys((0..<pairs).flatMap { _ in ["C-u", "End"] }, to: pane)
    }

    private func submit(_ message: PreparedMessage, _ confirmation: Expectation, _ turn: Int64) async throws(DeliveryFailure) {
        // Claude draws its box anew after each piece, so long messages take it longer to read.
        let patience = Time.patience + .milliseconds(Int64(message.text.utf8.count) / 8)
        let start = ContinuousClock.now
        var isFirst = true
        repeat {
            do throws(TmuxError) {
                try await pressEnter(again: !isFirst)
                isFirst = false
            } catch {
                if exitReason == nil { logger.warning("Enter was not sent", metadata: ["session": "\(session)", "error": "\(error)"]) }
            }
            if await confirmation.wait(on: self, atMost: Time.confirmation) { return boxMayHoldLastMessage = false }
            // Enter again only while the agent is idle and nothing tells that it has the message.
        } while !confirmation.isFailed && ContinuousClock.now - start < patience && status?.activity == .idle
        let rest = max(.zero, patience - (ContinuousClock.now - start))
        if !confirmation.isFailed, await confirmation.wait(on: self, atMost: rest) { return boxMayHoldLastMessage = false }
        // Once Claude has called its editor, it has seen every Enter that came before, and the box is empty.
        var isAttentive = false
        if exitReason == nil, status?.activity == .idle { isAttentive = (try? await putByEditor("")) == true }
        if isAttentive, await confirmation.wait(on: self, atMost: Time.traces) { return boxMayHoldLastMessage = false }
        confirmations[turn] = nil
        if let exitReason { throw .doubtful("\(exitReason) while the message was being delivered") }
        tracker.forget(turn: turn)
        guard isAttentive, status?.activity == .idle else {
            throw .doubtful("Claude Code did not confirm the message within \(patience.components.seconds) s; look at it with `dev-sessions attach \(session)` before sending again")
        }
        guard !submittedSomethingElse else {
            throw .doubtful("something else was submitted at the terminal at that moment; `dev-sessions logs \(session)` shows what")
        }
        throw .refused("Claude Code did not take the message; it is idle and nothing was submitted")
    }

    /// Enter as the terminals of the kitty protocol spell it: while Claude's editor ends, its terminal makes a line feed
    /// of a carriage return, and that is a line break in the message to Claude. Claude Code 2.1.329 knows both
    /// spellings; for a version that knows one of them, the second time is spelled the old way.
    private func pressEnter(again: Bool) async throws(TmuxError) {
        if again {
            try await tmux.sendKeys(["Enter"], to: pane)
        } else {
            try await tmux.sendLiteral("\u{1B}[13u", to: pane)
        }
    }

    private func waitForPerson() async throws(DeliveryFailure) {
        let deadline = ContinuousClock.now + Time.waitForPerson
        var isTold = false
        while exitReason == nil, let idle = await shortestIdleTime(), idle < Time.personIsTyping {
            guard ContinuousClock.now < deadline else {
                logger.notice("a person is typing; delivering all the same", metadata: ["session": "\(session)"])
                return
            }
            if !isTold {
                isTold = true
                logger.info("waiting for a person who is typing", metadata: ["session": "\(session)"])
            }
            try? await loop.sleep(for: Time.personIsTyping - idle + .milliseconds(100))
        }
    }

    /// How long ago an attached person last pressed a key; nil if nobody is attached.
    private func shortestIdleTime() async -> Duration? {
        guard let clients = try? await tmux.clients(of: ClaudeBackend.tmuxSession(session)),
              let last = clients.map(\.lastActivity).max()
        else { return nil }
        return .milliseconds(max(0, Timestamp.now() - Int64(last) * 1000))
    }

    // MARK: Doubt

    func hasReceived(_ message: PreparedMessage, turn: Int64, since: TranscriptPosition?) async -> DeliveryDoubt {
        await terminal.enter(on: self)
        defer { terminal.leave() }
        // The hooks' spool and the transcript from the recorded position tell of it, if it arrived long enough ago.
        await tail?.drain()
        guard tracker.isUnconfirmed(turn: turn) else { return .received(agentTurn: nil) }
        let confirmation = Expectation(on: loop)
        confirmations[turn] = confirmation
        if exitReason == nil {
            // Claude takes its keys in order: once it has called its editor, it has seen an Enter that came before.
            var patience = Time.patience
            if status?.activity == .idle, (try? await putByEditor("")) == true { patience = Time.traces }
            if await confirmation.wait(on: self, atMost: patience) { return .received(agentTurn: nil) }
        }
        confirmations[turn] = nil
        tracker.forget(turn: turn)
        if let exitReason { return .unknown("\(exitReason) while the message was being delivered") }
        guard status?.activity == .idle else {
            return .unknown("Claude Code is working, and nothing tells whether on this message")
        }
        try? await clearBox(after: message.text)
        return .notReceived
    }

    // MARK: Interrupting

    func interrupt() async throws(SessionError) -> Bool {
        await terminal.enter(on: self)
        defer { terminal.leave() }
        await waitForBeginning()
        for _ in 1...3 {
            if isAtRest { break }
            let idle = Expectation(on: loop)
            idleness.append(idle)
            do throws(TmuxError) {
                try await tmux.sendKeys(["Escape"], to: pane)
            } catch {
                throw SessionError(.notDelivered, "\(session) could not be interrupted: \(error)")
            }
            if await idle.wait(on: self, atMost: status == nil ? .seconds(1) : .seconds(4)) { break }
            // A version without a status file leaves nothing to wait for.
            if status == nil { apply(reducer.agentIsIdle()) }
        }
        guard exitReason == nil, status?.activity == .idle || status == nil else {
            throw SessionError(.notDelivered, exitReason ?? "\(session) did not stop within 12 s; use `dev-sessions attach \(session)`.")
        }
        emit(tracker.cancelUnstarted())
        emit(tracker.endSuspended(AgentTurnEnd(state: .interrupted, reason: "interrupted")))
        // Before the first word of an answer, Escape puts the message back into the box.
        try? await clearBox(after: lastTyped)
        return true
    }

    /// A message that was just taken: status and transcript follow by up to half a second, and Escape would come too early.
    private func waitForBeginning() async {
        guard tracker.hasUnstartedTurns, reducer.turn == nil, status?.activity == .idle else { return }
        let beginning = Expectation(on: loop)
        beginnings.append(beginning)
        _ = await beginning.wait(on: self, atMost: Time.traces)
        beginnings.removeAll { $0 === beginning }
    }

    /// The agent works on something.
    func hasBegun() {
        for beginning in beginnings { beginning.meet() }
        beginnings.removeAll()
    }

    private var isAtRest: Bool {
        status?.activity == .idle && reducer.turn == nil && requests.isEmpty
    }

    /// A command of ours opened a dialog that only a person can use: it is closed, and the turn fails.
    ///
    /// Some close with one Escape, others first leave a field with it (`/config` in Claude Code 2.1.329).
    func closeDialog(of command: String) {
        // A closed dialog leaves traces in the transcript that look like success.
        tracker.fail(command: command, reason: "/\(command) opens a dialog at the terminal; use `dev-sessions attach \(session)` and type it there")
        guard !isClosingDialog else { return }
        isClosingDialog = true
        Task {
            for _ in 1...3 {
                guard exitReason == nil, case .waiting = status?.activity else { break }
                let closed = Expectation(on: loop)
                dialogClosed = closed
                try? await tmux.sendKeys(["Escape"], to: pane)
                _ = await closed.wait(on: self, atMost: .seconds(2))
            }
            dialogClosed = nil
            isClosingDialog = false
            // Its traces, if it leaves any, tell of the end first: else they would pass for a person's command.
            let idle = Expectation(on: loop)
            idleness.append(idle)
            _ = await idle.wait(on: self, atMost: .seconds(2))
            emit(tracker.endFailedCommands())
            if case .waiting(let reason) = status?.activity { expectRequest(reason) }
        }
    }
}
