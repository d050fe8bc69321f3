import EventLoop
import JSON

/// Which conversation the program starts with, or why it does not start.
enum Launch {
    static func conversation(
        _ arguments: Arguments, environment: [String: String], directory: String
    ) -> (session: String, transcript: String) {
        let folder = ConfigurationFolder(environment: environment)
        switch arguments.conversation {
        case .resumed(let session):
            guard let path = folder.existingTranscript(of: session) else {
                fail("No conversation found with session ID: \(session)")
            }
            return (session, path)
        case .new(let session):
            if folder.existingTranscript(of: session) != nil || isLive(session, in: folder) {
                fail("Error: Session ID \(session) is already in use.")
            }
            return (session, folder.transcript(of: session, startedIn: directory))
        case nil:
            let session = Identifier.unique()
            return (session, folder.transcript(of: session, startedIn: directory))
        }
    }

    /// Whether a running process says that it is this session.
    private static func isLive(_ session: String, in folder: ConfigurationFolder) -> Bool {
        let names = (try? System.entries(of: folder.path + "/sessions")) ?? []
        return names.contains { name in
            guard let bytes = try? FileReader.contents(of: "\(folder.path)/sessions/\(name)"),
                let status = try? JSON(parsing: bytes), status["sessionId"]?.string == session,
                let processID = status["pid"]?.int, let identity = ProcessIdentity.of(Int32(processID))
            else { return false }
            return String(identity.startTime) == status["procStart"]?.string
        }
    }

    private static func fail(_ message: String) -> Never {
        Terminal.writeError(message)
        Program.end(1)
    }
}
