import Control
import EventLoop
import Sessions

/// What the supervisor and agents run, never a person: not in the help, and without its parser.
enum HiddenCommand {
    /// The process of a new pane becomes the session's agent.
    case launch(LaunchCommand)
    /// An agent's hook.
    case hook(HookCommand)
    /// An agent's editor.
    case editor(EditorCommand)
    /// Keeps the keeper session's pane.
    case keep

    /// Nil for every other command.
    init?(_ arguments: [String]) {
        switch arguments.first {
        case "keep": self = .keep
        case "launch": self = .launch(LaunchCommand(SessionReference(arguments.dropFirst())))
        case "editor": self = .editor(EditorCommand(Array(arguments.dropFirst())))
        case "hook": self = .hook(HookCommand(SessionReference(arguments.dropFirst())))
        default: return nil
        }
    }

    /// - Returns: the exit code.
    func run() -> Int32 {
        switch self {
        case .launch(let command): command.run()
        case .hook(let command): command.run()
        case .editor(let command): command.run()
        case .keep: System.sleepForEver()
        }
    }
}

/// `[--state-directory <path>] <id>`: a pane and an agent's hook do not inherit the supervisor's environment.
struct SessionReference {
    let session: String
    let stateDirectory: StateDirectory

    /// Nil without a session.
    init?(_ arguments: ArraySlice<String>) {
        var path: String?
        var session: String?
        var rest = arguments
        while let argument = rest.popFirst() {
            if argument == "--state-directory" {
                path = rest.popFirst()
            } else {
                session = argument
            }
        }
        guard let session else { return nil }
        self.session = session
        if let path {
            stateDirectory = StateDirectory(path: path)
        } else if let usual = try? Invocation.current().launcher.stateDirectory {
            stateDirectory = usual
        } else {
            return nil
        }
    }
}
