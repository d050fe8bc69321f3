import EventLoop
import Tmux

/// Why a Claude Code process ended, as far as tmux tells.
extension AgentExit {
    init(ofClaudeIn pane: PaneIdentity, of tmux: TmuxServer) async {
        do {
            let state = try await tmux.pane(pane.id)
            let server = try await tmux.server()
            // The pane is gone too, though the server lives: it is kept when a process ends by itself.
            let isKilled = state == nil && server != nil
            self = isKilled ? AgentExit("Claude Code exited", .deliberate) : Self(ofClaudeIn: state)
        } catch {
            self = Self(ofClaudeIn: nil)
        }
    }

    private init(ofClaudeIn pane: PaneState?) {
        if let signal = pane?.exitSignal {
            self.init("Claude Code was ended by signal \(signal)", .failure)
        } else if let status = pane?.exitStatus {
            self.init("Claude Code exited with status \(status)", status == 0 ? .normal : .failure)
        } else {
            // tmux sometimes does not know a dead pane's status: that is unknown, not 0.
            self.init("Claude Code exited", .unknown)
        }
    }
}

extension ClaudeAgent {
    /// How long it may take to end by itself after it was told to, or its terminal is gone.
    private static let grace = Duration.seconds(3)

    func kill() async throws(SessionError) {
        do throws(TmuxError) {
            try await tmux.killSession(ClaudeBackend.tmuxSession(session))
        } catch {
            throw SessionError(.startFailed, "The tmux session of \(session) could not be ended: \(error)")
        }
        await endProcess()
        exitReason = "it was killed"
        close()
    }

    func stop() async throws(SessionError) {
        try? System.kill(process.processID, Signal.terminate)
        guard await endProcess() else {
            throw SessionError(.startFailed, "Claude Code (process \(process.processID)) could not be ended for \(session).")
        }
        exited()
        await conclusion?.value
    }

    /// - Returns: whether it is gone, by itself or because it was killed.
    @discardableResult
    private func endProcess() async -> Bool {
        let gone = Expectation(on: loop)
        let watch = try? ExitWatch(on: loop, process: process) { gone.meet() }
        defer { watch?.close() }
        if await gone.wait(on: self, atMost: Self.grace) { return true }
        try? System.kill(process.processID, Signal.kill)
        return await gone.wait(on: self, atMost: Self.grace) || !process.isAlive
    }
}
