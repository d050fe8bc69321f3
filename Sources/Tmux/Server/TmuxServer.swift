import EventLoop

/// One tmux server, over one `tmux -C` client that stays connected.
///
/// The client sits in a session of its own, the keeper, which also keeps the server from ending between
/// two sessions. Commands are pipelined and answered in their order. When the client dies, what waits
/// fails at once and the client is started again: without delay the first time, then with longer and
/// longer pauses. A server is started by ``createSession(name:windowName:directory:command:width:height:)``
/// and ``connect()`` only; to everything else a missing server means that there are no sessions.
///
/// Needs tmux 3.2 or newer. Observed behaviour is that of tmux 3.3a.
public actor TmuxServer {
    /// The session that the client is attached to.
    public static let keeperSession = "_dev-sessions"

    public nonisolated let loop: EventLoop
    public nonisolated let location: TmuxLocation
    /// What happens to client and server, for one reader; of what is not read, the last 64. Ends with ``close()``.
    public nonisolated let events: AsyncStream<TmuxEvent>
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let environment: [String: String]
    let keeperCommand: [String]
    let answerDeadline: Duration
    let eventContinuation: AsyncStream<TmuxEvent>.Continuation

    var connection = Connection.none
    /// The client that has not answered yet, while connecting.
    var opening: ControlClient?
    /// The server of the last connection, as long as it is not known what became of it.
    var lostServer: ServerIdentity?
    var hasToldClientLost = false
    var hasStartedServer = false
    var backoff = ReconnectBackoff()
    var reconnecting: Task<Void, Never>?
    var lastBuffer = 0
    /// Dead panes of which tmux does not say how they ended, although it was asked to look.
    var panesWithoutStatus: Set<PaneIdentity> = []

    enum Connection {
        case none
        case connecting(Task<TmuxError?, Never>, startsServer: Bool)
        case open(ControlClient, ServerIdentity, since: ContinuousClock.Instant)
        case closed
    }

    /// - Parameters:
    ///   - environment: the caller's. Of it, a server that has to be started gets what a terminal needs
    ///     (HOME, PATH, TERM, SHELL, USER, language, XDG folders), because every pane inherits it.
    ///   - keeper: what runs in the keeper session: a program and its arguments, at least two words, that
    ///     does nothing but sleep.
    ///   - answerDeadline: how long the server may be silent while a command waits, before the client is
    ///     given up.
    public init(
        on loop: EventLoop, location: TmuxLocation, environment: [String: String],
        keeper: [String] = ["sleep", "infinity"], answerDeadline: Duration = .seconds(15)
    ) {
        precondition(keeper.count >= 2, "tmux would give a single word to a shell")
        self.loop = loop
        self.location = location
        self.environment = ServerEnvironment.minimal(of: environment, at: location)
        keeperCommand = keeper
        self.answerDeadline = answerDeadline
        (events, eventContinuation) = AsyncStream.makeStream(of: TmuxEvent.self, bufferingPolicy: .bufferingNewest(64))
    }

    /// Runs lines of commands over the connection, which is made first if there is none.
    ///
    /// - Parameter startsServer: whether a server is started if none runs.
    /// - Returns: the replies of all commands that ran, failed ones included, in order.
    func run(
        _ lines: [[TmuxCommand]], while operation: String, startsServer: Bool = false
    ) async throws(TmuxError) -> [ControlModeReply] {
        let client: ControlClient
        do {
            client = try await connectedClient(startsServer: startsServer)
        } catch {
            throw TmuxError(error.code, while: operation, reason: error.reason)
        }
        let result = await withCheckedContinuation { continuation in
            client.submit(lines, operation: operation) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Runs one command and returns its reply.
    ///
    /// - Throws: also when the command failed.
    func runOne(
        _ command: TmuxCommand, while operation: String, startsServer: Bool = false
    ) async throws(TmuxError) -> ControlModeReply {
        let replies = try await run([[command]], while: operation, startsServer: startsServer)
        guard let reply = replies.first else {
            throw TmuxError(.unexpectedAnswer, while: operation, reason: "tmux did not answer the command")
        }
        if reply.isError { throw .commandFailed(reply, while: operation) }
        return reply
    }
}
