import EventLoop
import Tmux

/// Why a Claude Code process ended, as far as tmux tells.
struct ClaudeExit {
    let reason: String
    /// The pane is gone too, though the server lives: it is kept when a process ends by itself.
    let terminalKilled: Bool

    init(of pane: PaneIdentity, in tmux: TmuxServer) async {
        do {
            let state = try await tmux.pane(pane.id)
            let server = try await tmux.server()
            reason = Self.reason(state)
            terminalKilled = state == nil && server != nil
        } catch {
            reason = Self.reason(nil)
            terminalKilled = false
        }
    }

    private static func reason(_ pane: PaneState?) -> String {
        guard let pane, pane.isDead else { return "Claude Code exited" }
        if let signal = pane.exitSignal { return "Claude Code was ended by signal \(signal)" }
        // tmux sometimes does not know a dead pane's status: that is unknown, not 0.
        guard let status = pane.exitStatus else { return "Claude Code exited" }
        return "Claude Code exited with status \(status)"
    }
}

extension ClaudeAgent {
    /// How long it may take to end by itself after its terminal is gone.
    private static let grace = Duration.seconds(3)

    func kill() async throws(SessionError) {
        do throws(TmuxError) {
            try await tmux.killSession(ClaudeBackend.tmuxSession(session))
        } catch {
            throw SessionError(.startFailed, "The tmux session of \(session) could not be ended: \(error)")
        }
        let gone = Expectation(on: loop)
        let watch = try? ExitWatch(on: loop, process: process) { gone.meet() }
        if await !gone.wait(on: self, atMost: Self.grace) { try? System.kill(process.processID, Signal.kill) }
        watch?.close()
        exitReason = "it was killed"
        close()
    }
}
