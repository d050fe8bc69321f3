extension TmuxServer {
    private static let paneFormat = "#{pane_id}:#{pane_pid}:#{pane_tty}"

    /// Makes a detached session with one pane in which `command` runs, and starts the server if none runs.
    ///
    /// The options that keep a dead agent's pane, and that keep people and their tmux.conf from ending the
    /// session or from being thrown into the keeper, are set in the same command line: an agent may die
    /// before a second one.
    ///
    /// - Parameters:
    ///   - name: letters, digits, `-` and `_`.
    ///   - directory: where the command starts; if it cannot be entered, tmux takes the user's home without
    ///     a word.
    ///   - command: a program and its arguments, at least two words. It is executed as it is, without a
    ///     shell, with the environment of the tmux server.
    ///   - width: in columns, until a client with another size attaches.
    ///   - height: in lines, likewise.
    /// - Throws: ``TmuxError/Code/duplicateSession``; ``TmuxError/Code/invalidArgument``; after
    ///   ``TmuxError/Code/connectionLost`` and ``TmuxError/Code/timedOut`` the session may exist.
    public func createSession(
        name: String, windowName: String, directory: String, command: [String], width: Int = 200, height: Int = 50
    ) async throws(TmuxError) -> Pane {
        let operation = "creating session \"\(name)\""
        guard SessionName.isCreatable(name), name != Self.keeperSession else {
            throw TmuxError(.invalidArgument, while: operation, reason: "that is no name for a session")
        }
        try Self.checkCommand(command, while: operation)
        let target = SessionName.windowTarget(name)
        let newSession =
            ["-d", "-P", "-F", Self.paneFormat, "-s", name, "-n", TmuxFormat.literal(windowName)]
            + ["-x", String(width), "-y", String(height), "-c", TmuxFormat.literal(directory), "--"] + command
        let replies = try await run(
            [
                [
                    TmuxCommand("new-session", newSession),
                    TmuxCommand("set-option", "-t", target, "destroy-unattached", "off"),
                    TmuxCommand("set-option", "-t", target, "detach-on-destroy", "on"),
                    // For the window, because a hook of the user may have split it before this runs.
                    TmuxCommand("set-option", "-w", "-t", target, "remain-on-exit", "on"),
                ]
            ], while: operation, startsServer: true)
        if let failed = replies.first(where: \.isError) { throw .commandFailed(failed, while: operation) }
        let pane = try Self.pane(in: replies.first, sessionName: name, while: operation)
        try await keepPaneOnly(pane.identity)
        return pane
    }

    /// Moves `remain-on-exit` from the window to the pane, so that shells of people who split the window
    /// leave it when they end.
    private func keepPaneOnly(_ pane: PaneIdentity) async throws(TmuxError) {
        _ = try await run(
            [
                [
                    TmuxCommand("set-option", "-p", "-t", pane.id, "remain-on-exit", "on"),
                    TmuxCommand("set-option", "-w", "-u", "-t", pane.id, "remain-on-exit"),
                ]
            ], while: "keeping pane \(pane.id)")
    }

    /// Starts a command in a pane whose process has ended; who looks at the pane sees it start.
    ///
    /// - Parameters:
    ///   - pane: with the process that was in it.
    ///   - directory: as for a new session.
    ///   - command: a program and its arguments, at least two words.
    ///   - killing: whether a process that still runs is ended first; otherwise that is an error.
    /// - Returns: the pane with its new process and terminal.
    public func respawn(
        _ pane: PaneIdentity, directory: String, command: [String], killing: Bool = false
    ) async throws(TmuxError) -> Pane {
        let operation = "starting a process in pane \(pane.id)"
        try Self.checkCommand(command, while: operation)
        let arguments =
            (killing ? ["-k"] : []) + ["-t", pane.id, "-c", TmuxFormat.literal(directory), "--"] + command
        let replies = try await run(
            PaneGuard(pane: pane, requirement: .known),
            [
                [
                    TmuxCommand("set-option", "-p", "-t", pane.id, "remain-on-exit", "on"),
                    TmuxCommand("respawn-pane", arguments),
                    TmuxCommand("display-message", "-p", "-t", pane.id, Self.paneFormat + ":#{session_name}"),
                ]
            ], while: operation)
        return try Self.pane(in: replies.last, sessionName: nil, while: operation)
    }

    /// Whether a session of exactly this name exists.
    public func hasSession(_ name: String) async throws(TmuxError) -> Bool {
        let command = TmuxCommand("has-session", "-t", SessionName.target(name))
        return try await absentMeansNil { () async throws(TmuxError) in
            try await self.runOne(command, while: "looking for session \"\(name)\"")
        } != nil
    }

    /// Ends the session of exactly this name with everything in it. That there is none is no error.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func killSession(_ name: String) async throws(TmuxError) -> Bool {
        let command = TmuxCommand("kill-session", "-t", SessionName.target(name))
        return try await absentMeansNil { () async throws(TmuxError) in
            try await self.runOne(command, while: "ending session \"\(name)\"")
        } != nil
    }

    /// The clients that show a session; none if there is no such session.
    public func clients(of session: String) async throws(TmuxError) -> [AttachedClient] {
        let command = TmuxCommand(
            "list-clients", "-t", SessionName.target(session), "-F", AttachedClient.format)
        let reply = try await absentMeansNil { () async throws(TmuxError) in
            try await self.runOne(command, while: "listing the clients of session \"\(session)\"")
        }
        return reply?.lines.compactMap(AttachedClient.init(line:)) ?? []
    }

    private func absentMeansNil(
        _ body: () async throws(TmuxError) -> ControlModeReply
    ) async throws(TmuxError) -> ControlModeReply? {
        do {
            return try await body()
        } catch {
            if error.code == .noServer { return nil }
            if error.code == .commandFailed, error.reason.hasPrefix("can't find session") { return nil }
            throw error
        }
    }

    private static func checkCommand(_ command: [String], while operation: String) throws(TmuxError) {
        guard command.count >= 2 else {
            throw TmuxError(
                .invalidArgument, while: operation, reason: "tmux would give a command of one word to a shell")
        }
    }

    private static func pane(
        in reply: ControlModeReply?, sessionName: String?, while operation: String
    ) throws(TmuxError) -> Pane {
        let line = reply?.lines.first ?? ""
        let fields = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard fields.count >= 3, let processID = Int32(fields[1]), let name = sessionName ?? fields.dropFirst(3).first
        else { throw TmuxError(.unexpectedAnswer, while: operation, reason: line) }
        return Pane(
            identity: PaneIdentity(id: fields[0], processID: processID), sessionName: name, terminal: fields[2])
    }
}
