import EventLoop
import JSON
import Tmux

/// What is known of a start, to tell why it does not come to an end.
struct ClaudeStart: Sendable {
    let session: String
    let isRestart: Bool
    let workingDirectory: String
    let environment: [String: String]
    let home: ClaudeHome
    let skipsPermissions: Bool
    let trusted: Bool

    /// Claude is at its prompt after 0.5 s on an idle machine. This long only a dialog takes, or a machine that is very busy.
    static let dialogTime = Duration.seconds(5)
    static let patience = Duration.seconds(60)

    /// The dialog that Claude's own files lead to.
    func expectedDialog() -> ClaudeStartupDialog? {
        func json(_ path: String) -> JSON? {
            (try? FileReader.contents(of: path, limit: 1 << 26)).flatMap { try? JSON(parsing: $0) }
        }
        return ClaudeStartupDialog.expected(.init(
            globalConfiguration: json(home.globalConfigurationFile), userSettings: json(home.settingsFile),
            environment: environment, workingDirectory: workingDirectory, skipsPermissions: skipsPermissions, trusted: trusted))
    }
}

extension ClaudeAgent {
    /// Watches the process and returns when it takes messages.
    /// - Throws: ``SessionError`` `.startFailed`, with what to do, when it exits or shows a dialog instead.
    func becomeReady(_ start: ClaudeStart) async throws(SessionError) {
        do {
            try watch()
        } catch {
            throw SessionError(.startFailed, "Claude Code's process cannot be watched: \(error)")
        }
        if await ready(within: ClaudeStart.dialogTime) { return }
        if exitReason == nil, status == nil, let dialog = await expectedDialog(start) { throw failure(of: start, dialog.explanation) }
        if exitReason == nil, await ready(within: ClaudeStart.patience - ClaudeStart.dialogTime) { return }
        if let exitReason {
            // tmux adds a line of its own to a dead pane, and moves the others up for it.
            let screen = (try? await tmux.capture(pane, history: 100)) ?? []
            let words = screen.filter { !$0.isEmpty && !$0.hasPrefix("Pane is dead") }.suffix(12).joined(separator: "\n")
            // The welcome screens end by themselves when they reach nobody.
            let advice = start.expectedDialog() == .onboarding ? " \(ClaudeStartupDialog.onboarding.explanation)" : ""
            throw failure(of: start, exitReason + "." + advice + (words.isEmpty ? "" : " It said:\n\(words)"))
        }
        let dialog = await expectedDialog(start) ?? .unknown
        let version = state.version.map { " This is version \($0)." } ?? ""
        throw failure(of: start, dialog.explanation + (status == nil && !hasHooks
            ? " Versions without a status file and without hooks cannot be supervised; 2.1.329 can.\(version)" : ""))
    }

    /// The files may be large, so they are read off the loop.
    private func expectedDialog(_ start: ClaudeStart) async -> ClaudeStartupDialog? {
        (try? await loop.offload { start.expectedDialog() }) ?? nil
    }

    /// Whether it became ready in this time, or is known never to.
    private func ready(within time: Duration) async -> Bool {
        if status?.activity == .idle { return true }
        let expectation = Expectation(on: loop)
        readiness = expectation
        let isReady = await expectation.wait(on: self, atMost: time)
        readiness = nil
        return isReady
    }

    private func failure(of start: ClaudeStart, _ reason: String) -> SessionError {
        SessionError(.startFailed, "The session \(session) was not \(start.isRestart ? "restarted" : "created"). \(reason)")
    }
}
