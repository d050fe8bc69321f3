import EventLoop

/// A file that says: this agent calls its editor for a message, and no person has asked for one.
///
/// It is there from Ctrl-G until the editor has ended. If the supervisor is killed in between, the editor finds nobody
/// who could tell; a person's editor would then stand at an unattended terminal for ever.
public struct EditorMark: Sendable {
    let path: String

    /// An agent calls its editor half a second after Ctrl-G, some seconds on a very busy machine.
    private static let age = Duration.seconds(60)

    public init(stateDirectory: String, session: String) {
        path = ClaudeFiles(stateDirectory: stateDirectory, session: session).directory + "/editing"
    }

    public var isSet: Bool {
        guard let modified = FileIdentity.of(path: path)?.modified else { return false }
        return Timestamp.now() - modified / 1_000_000 < Self.age.milliseconds
    }

    /// A disk that does not take it costs the protection, not the message.
    func set() { try? System.replace(path, with: []) }
    func clear() { try? System.removeFile(path) }
}
