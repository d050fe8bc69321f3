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
    /// A new process is being started in the pane, and is not known yet.
    var isRestarting = false
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

// In an extension, so that the memberwise initializer stays.
extension ClaudeState {
    /// What an earlier version did not write has its default: an upgrade must not lose a session.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        home = try values.decode(ClaudeHome.self, forKey: .home)
        workingDirectory = try values.decode(String.self, forKey: .workingDirectory)
        tmux = try values.decode(TmuxLocation.self, forKey: .tmux)
        tmuxEnvironment = try values.decode([String: String].self, forKey: .tmuxEnvironment)
        pane = try values.decodeIfPresent(PaneIdentity.self, forKey: .pane)
        process = try values.decodeIfPresent(ProcessIdentity.self, forKey: .process)
        isRestarting = try values.decodeIfPresent(Bool.self, forKey: .isRestarting) ?? false
        executable = try values.decode(String.self, forKey: .executable)
        version = try values.decodeIfPresent(String.self, forKey: .version)
        hooks = try values.decodeIfPresent(Bool.self, forKey: .hooks) ?? false
        usesEditor = try values.decodeIfPresent(Bool.self, forKey: .usesEditor) ?? false
        transcript = try values.decode(String.self, forKey: .transcript)
        position = try values.decodeIfPresent(TranscriptPosition.self, forKey: .position)
        systemEntries = try values.decodeIfPresent(Int.self, forKey: .systemEntries) ?? 0
    }
}

extension TranscriptPosition {
    /// Behind what a file holds now; nil when there is no file, and everything in it will be new.
    static func present(at path: String) -> TranscriptPosition? {
        FileIdentity.of(path: path).map {
            TranscriptPosition(path: path, device: $0.device, inode: $0.inode, offset: $0.size)
        }
    }
}
