import Control
import EventLoop
import Sessions

/// `editor`: what an agent runs as its editor. It writes the message that the supervisor is delivering into the file,
/// and is the person's own editor at any other time.
struct EditorCommand {
    let stateDirectory: StateDirectory?
    /// The person's editor is given all of them.
    let arguments: [String]

    init(_ arguments: [String]) {
        if arguments.first == "--state-directory", arguments.count > 1 {
            stateDirectory = StateDirectory(path: arguments[1])
            self.arguments = Array(arguments.dropFirst(2))
        } else {
            stateDirectory = nil
            self.arguments = arguments
        }
    }

    func run() -> Int32 {
        switch answer() {
        case .leave:
            return Control.ExitCode.success
        case .write(let text):
            do throws(EventLoopError) {
                try System.replace(arguments.last ?? "", with: Array(text.utf8))
                return Control.ExitCode.success
            } catch {
                Output.complain("The message cannot be handed over: \(error)")
                return Control.ExitCode.failure
            }
        case .person:
            return runPersonsEditor()
        }
    }

    private func answer() -> EditorAnswer {
        // Claude Code (2.1.329) sets it for the programs that its tools run, and not for its own editor: what those
        // edit is no message.
        guard System.environment["CLAUDECODE"] == nil else { return .person }
        guard let stateDirectory, let session = System.environment["DEV_SESSIONS_SESSION"] else { return .person }
        if let path = try? SocketLocation.existing(for: stateDirectory),
           let client = try? ControlClient(socket: path, programVersion: Program.version),
           let answer = try? client.call(EditorCall(session: session)) {
            return answer
        }
        return EditorMark(stateDirectory: stateDirectory.path, session: session).isSet ? .leave : .person
    }

    private func runPersonsEditor() -> Int32 {
        let chosen = System.environment["DEV_SESSIONS_EDITOR"].flatMap { $0.isEmpty ? nil : $0 } ?? "vi"
        do throws(EventLoopError) {
            // Like `git`: the value is a command line, which a shell takes apart.
            try System.execute(
                "/bin/sh", arguments: ["sh", "-c", chosen + " \"$@\"", chosen] + arguments, environment: System.environment)
        } catch {
            Output.complain("The editor \(chosen) cannot be run: \(error)")
            return Control.ExitCode.failure
        }
    }
}
