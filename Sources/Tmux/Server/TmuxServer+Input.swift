extension TmuxServer {
    /// Chunks whose commands are written in one go: enough to hide the round trip, few enough to keep the
    /// loop free and to stop soon when the pane dies.
    private static let pasteBatch = 16

    /// Ends copy mode and the like in a pane: keys would go to the mode and not to the process.
    public func leaveMode(_ pane: PaneIdentity) async throws(TmuxError) {
        _ = try await run(
            PaneGuard(pane: pane, requirement: .known), [[Self.leaveMode(pane)]], while: "leaving a mode of pane \(pane.id)")
    }

    /// Presses keys in a pane, by tmux's names for them (`Enter`, `C-u`, `Escape`); ends a mode first.
    public func sendKeys(_ keys: [String], to pane: PaneIdentity) async throws(TmuxError) {
        _ = try await run(
            PaneGuard(pane: pane, requirement: .alive),
            [[Self.leaveMode(pane), TmuxCommand("send-keys", ["-t", pane.id, "--"] + keys)]],
            while: "sending keys to pane \(pane.id)")
    }

    /// Types text in a pane as it is, control characters included; ends a mode first.
    public func sendLiteral(_ text: String, to pane: PaneIdentity) async throws(TmuxError) {
        _ = try await run(
            PaneGuard(pane: pane, requirement: .alive),
            [[Self.leaveMode(pane), TmuxCommand("send-keys", "-l", "-t", pane.id, "--", text)]],
            while: "typing into pane \(pane.id)")
    }

    /// Pastes texts into a pane one after the other, each as a paste of its own: with bracketed paste if
    /// the program asked for it, and without changing line ends. Ends a mode first.
    ///
    /// - Throws: ``TmuxError/Code/paneDead`` and the like; the chunks before may have arrived.
    public func paste(_ chunks: [String], into pane: PaneIdentity) async throws(TmuxError) {
        let texts = chunks.filter { !$0.isEmpty }
        for start in stride(from: 0, to: texts.count, by: Self.pasteBatch) {
            let batch = texts[start..<min(start + Self.pasteBatch, texts.count)]
            _ = try await run(
                PaneGuard(pane: pane, requirement: .alive), batch.map { pasteCommands($0, into: pane) },
                while: "pasting into pane \(pane.id)")
        }
    }

    /// Each paste has a buffer of its own: with a shared one, two writers to the server cross their texts.
    private func pasteCommands(_ text: String, into pane: PaneIdentity) -> [TmuxCommand] {
        lastBuffer += 1
        let buffer = "dev-sessions-\(pane.id.dropFirst())-\(pane.processID)-\(lastBuffer)"
        return [
            Self.leaveMode(pane),
            TmuxCommand("set-buffer", "-b", buffer, "--", text),
            TmuxCommand("paste-buffer", "-p", "-r", "-d", "-b", buffer, "-t", pane.id),
        ]
    }

    private static func leaveMode(_ pane: PaneIdentity) -> TmuxCommand {
        TmuxCommand("copy-mode", "-q", "-t", pane.id)
    }

    /// Runs lines of commands, all of the same length, each only while the expected process is in the pane.
    func run(
        _ guardian: PaneGuard, _ lines: [[TmuxCommand]], while operation: String
    ) async throws(TmuxError) -> [ControlModeReply] {
        let replies: [ControlModeReply]
        do throws(TmuxError) {
            replies = try await run(lines.map { [guardian.command($0)] }, while: operation)
        } catch {
            guard error.code == .noServer else { throw error }
            throw TmuxError(.paneGone, while: operation, reason: "no tmux server runs")
        }
        return try guardian.replies(in: replies, commandCount: lines.first?.count ?? 0, while: operation)
    }
}
