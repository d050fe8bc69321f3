import EventLoop
import Transcripts
import JSON
import Tmux

/// What is kept of a Claude session so that a later supervisor finds its agent.
struct ClaudeState: Codable, Sendable {
    var home: ClaudeHome
    /// Links resolved: it names the transcript's folder.
    var workingDirectory: String
    var tmux: TmuxLocation
    /// The part of the creator's environment that a tmux client needs.
    var tmuxEnvironment: [String: String]
    /// Nil until the pane exists.
    var pane: PaneIdentity?
    var process: ProcessIdentity?
    var executable: String
    var version: String?
    /// Whether a hook of this process has reached a supervisor.
    var hooks = false
    /// Its editor is ours: not so for sessions that the npm tool started.
    var usesEditor = false
    var transcript: String
    /// After the last turn that ended; where reading goes on.
    var position: TranscriptPosition?
    /// How many `system` entries there are before `position`: what the npm tool's `wait` compares with.
    var systemEntries = 0
}
