import EventLoop
import JSON

/// The stand-in for an interactive Claude Code session: one terminal, one conversation at a time.
///
/// Everything happens on one loop; what takes time (hooks, tools, the model's silence) is awaited, and keys are
/// handled meanwhile.
actor Agent {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let environment: [String: String]
    let directory: String
    let configuration: ConfigurationFolder
    let faults: Faults
    let model: String
    let hooks: HookSettings

    var permissionMode: PermissionMode
    var transcript: Transcript
    var status: StatusFile
    var screen = Screen()
    /// How the terminal was before this program took it.
    var terminalMode: TerminalMode?
    var box = InputBox()
    var keys = KeyParser()
    // Lazy, because an actor's initializer does not run on the loop.
    lazy var escapeTimer = LoopTimer(on: loop)
    lazy var idleTimer = LoopTimer(on: loop)
    var signals: [SignalWatch] = []

    var phase: Phase = .starting
    var turn: Turn?
    var dialog: Dialog?
    /// What waits for the running turn to end.
    var queue: [String] = []
    /// Ends of sub-agents that wait for the same.
    var notifications: [String] = []
    var toolsUsed: [String] = []
    var backgroundAgents = 0
    /// Tools that the user has allowed for the rest of the session.
    var allowedTools: Set<String> = []
    /// The prompt of the newest turn, which hooks outside of turns name.
    var lastPromptID: String?
    var lastKey: (key: Key, time: ContinuousClock.Instant)?
    /// The terminal is, or is about to be, an editor's.
    var isEditing = false
    var editorProcess: ChildProcess?
    /// Set by `HANGUP`: nothing moves it any more.
    var isDeaf = false

    enum Phase: Hashable {
        case starting
        case ready
        case ending
    }

    init(
        on loop: EventLoop, _ arguments: Arguments, session: String, transcript path: String,
        environment: [String: String], directory: String
    ) {
        self.loop = loop
        self.environment = environment
        self.directory = directory
        let configuration = ConfigurationFolder(environment: environment)
        let faults = Faults(environment: environment)
        self.configuration = configuration
        self.faults = faults
        model = arguments.model
        permissionMode = arguments.permissionMode
        hooks = faults.hasHooks
            ? HookSettings(Self.settings(configuration, directory: directory, argument: arguments.settings))
            : HookSettings([])
        transcript = Transcript(on: loop, session: session, path: path, directory: directory)
        status = StatusFile(
            configuration, session: session, directory: directory, isWritten: faults.hasStatusFile)
        if case .resumed = arguments.conversation { transcript.resume() }
    }

    /// The user's settings, the project's, and those of the command line.
    private static func settings(
        _ configuration: ConfigurationFolder, directory: String, argument: String?
    ) -> [JSON] {
        let files = [
            configuration.settings, directory + "/.claude/settings.json", directory + "/.claude/settings.local.json",
        ]
        var sources = files.compactMap { try? FileReader.contents(of: $0) }
        if let argument {
            sources.append(
                argument.hasPrefix("{") ? Array(argument.utf8) : (try? FileReader.contents(of: argument)) ?? [])
        }
        return sources.compactMap { try? JSON(parsing: $0) }
    }

    func set(_ new: StatusFile.Status) {
        do {
            try status.set(new)
        } catch {
            Terminal.writeError("cannot write the status file: \(error)")
        }
        if new == .idle {
            idleTimer.schedule(after: .seconds(60)) {
                Task { await self.notify("idle_prompt", "Claude is waiting for your input") }
            }
        } else {
            idleTimer.cancel()
        }
    }

    func notify(_ kind: String, _ message: String) async {
        _ = await fire("Notification", ["message": .string(message), "notification_type": .string(kind)])
    }
}
