import CodexAppServer

/// What is kept of a Codex session to find its thread again.
struct CodexState: Codable, Sendable, Hashable {
    var home: CodexHome
    /// `codex`, a path.
    var executable: String
    /// Nil until the thread has been started.
    var thread: String?
    /// The thread's rollout file; it moves when the thread is archived.
    var rollout: String?
    /// As the session was created, for a new thread in its place.
    var approvalPolicy: String
    var sandbox: String
    var environmentPolicy: CodexEnvironment.Policy?
}
