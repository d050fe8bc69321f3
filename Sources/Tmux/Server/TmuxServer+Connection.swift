import EventLoop

extension TmuxServer {
    /// Attempts to start a server that were followed by its end, before giving up: tmux says "server exited
    /// unexpectedly" when the last session of the previous server has only just died.
    private static let startAttempts = 4

    /// Connects, and starts the server if none runs.
    ///
    /// - Throws: ``TmuxError/Code/cannotStart``, ``TmuxError/Code/timedOut`` or ``TmuxError/Code/closed``.
    @discardableResult
    public func connect() async throws(TmuxError) -> ServerIdentity {
        _ = try await connectedClient(startsServer: true)
        guard case .open(_, let server, _) = connection else {
            throw TmuxError(.connectionLost, while: "connecting", reason: "the tmux client has ended")
        }
        return server
    }

    /// The server that runs on the socket, or nil if none does.
    public func server() async throws(TmuxError) -> ServerIdentity? {
        do throws(TmuxError) {
            _ = try await connectedClient(startsServer: false)
        } catch {
            if error.code == .noServer { return nil }
            throw error
        }
        guard case .open(_, let server, _) = connection else { return nil }
        return server
    }

    /// Ends the client. The server and all sessions, the keeper too, live on.
    public func close() async {
        let previous = connection
        connection = .closed
        reconnecting?.cancel()
        eventContinuation.finish()
        switch previous {
        case .open(let client, _, _):
            await Self.end(client)
        case .connecting(let attempt, _):
            if let opening { await Self.end(opening) }
            _ = await attempt.value
        case .none, .closed:
            break
        }
    }

    /// Ends the client, and also the keeper session if this object started the server and no other
    /// session is left: the server then ends by itself.
    public func closeAndStopServerIfUnused() async {
        if hasStartedServer, case .open = connection {
            let list = try? await runOne(
                TmuxCommand("list-sessions", "-F", "#{session_name}"), while: "listing sessions")
            if list?.lines == [Self.keeperSession] {
                let target = SessionName.target(Self.keeperSession)
                _ = try? await runOne(TmuxCommand("kill-session", "-t", target), while: "ending the keeper session")
            }
        }
        await close()
    }

    func connectedClient(startsServer: Bool) async throws(TmuxError) -> ControlClient {
        while true {
            switch connection {
            case .open(let client, _, _):
                return client
            case .closed:
                throw TmuxError(.closed, while: "connecting", reason: "the connection was closed")
            case .none:
                let failure = await beginAttempt(startsServer: startsServer).value
                if let failure { throw failure }
            case .connecting(let attempt, let attemptStartsServer):
                guard let failure = await attempt.value else { continue }
                // An attempt that would not start a server says nothing to a caller who wants one.
                if failure.code != .noServer || attemptStartsServer || !startsServer { throw failure }
            }
        }
    }

    private func beginAttempt(startsServer: Bool) -> Task<TmuxError?, Never> {
        let attempt = Task { await self.attempt(startsServer: startsServer) }
        connection = .connecting(attempt, startsServer: startsServer)
        return attempt
    }

    private func attempt(startsServer: Bool) async -> TmuxError? {
        var failure = await openClient(startsServer: false)
        var pause = Duration.zero
        for _ in 0..<Self.startAttempts {
            guard startsServer, let found = failure, found.code == .noServer || found.code == .cannotStart else { break }
            if pause > .zero { try? await loop.sleep(for: pause) }
            pause = pause * 2 + .milliseconds(20)
            failure = await openClient(startsServer: true)
        }
        if case .connecting = connection { connection = .none }
        if let failure { attemptFailed(failure) }
        return failure
    }

    /// Starts a client and waits until the server has answered; nil means that the connection is open.
    private func openClient(startsServer: Bool) async -> TmuxError? {
        do throws(TmuxError) {
            let client = try ControlClient(
                on: loop, location: location, arguments: clientArguments(startsServer: startsServer),
                environment: environment, answerDeadline: answerDeadline,
                notified: { self.receive($0) }, ended: { self.clientEnded($0, $1) })
            opening = client
            defer { opening = nil }
            let result = await withCheckedContinuation { continuation in
                client.submit(
                    [[TmuxCommand("display-message", "-p", ServerIdentity.format)]], operation: "connecting"
                ) { continuation.resume(returning: $0) }
            }
            guard let server = try result.get().first?.lines.first.flatMap(ServerIdentity.init(line:)) else {
                await Self.end(client)
                throw TmuxError(.unexpectedAnswer, while: "connecting", reason: "tmux did not say who it is")
            }
            guard case .connecting = connection else {
                await Self.end(client)
                throw TmuxError(.closed, while: "connecting", reason: "the connection was closed")
            }
            connected(client, to: server, startedServer: startsServer)
            return nil
        } catch {
            if error.code == .noServer || error.code == .closed || error.code == .timedOut { return error }
            return TmuxError(.cannotStart, while: "connecting to tmux", reason: error.reason)
        }
    }

    private static func end(
        _ client: ControlClient, isolation: isolated (any Actor)? = #isolation
    ) async {
        await withCheckedContinuation { continuation in client.close { continuation.resume() } }
    }

    private func clientArguments(startsServer: Bool) -> [String] {
        let name = Self.keeperSession
        let target = SessionName.windowTarget(name)
        let commands = [
            TmuxCommand(
                "new-session",
                ["-A", "-s", name, "-n", "keeper", "-x", "80", "-y", "24", "-c", "/"]
                    + ["-f", "ignore-size,no-output", "--"] + keeperCommand),
            TmuxCommand("set-option", "-t", target, "destroy-unattached", "off"),
            TmuxCommand("set-option", "-t", target, "detach-on-destroy", "on"),
            TmuxCommand("set-option", "-w", "-t", target, "remain-on-exit", "on"),
        ]
        return (startsServer ? [] : ["-N"]) + ["-u", "-C"] + location.options + TmuxCommand.arguments(commands)
    }

    private func connected(_ client: ControlClient, to server: ServerIdentity, startedServer: Bool) {
        connection = .open(client, server, since: .now)
        if let lostServer {
            if lostServer != server { eventContinuation.yield(.serverGone) } else { tellClientLost() }
        }
        if startedServer || lostServer != server { hasStartedServer = startedServer }
        lostServer = nil
        hasToldClientLost = false
        eventContinuation.yield(.connected(server))
    }

    private func attemptFailed(_ failure: TmuxError) {
        guard lostServer != nil else { return }
        if failure.code == .noServer {
            lostServer = nil
            hasToldClientLost = false
            hasStartedServer = false
            eventContinuation.yield(.serverGone)
        } else {
            tellClientLost()
        }
    }

    private func tellClientLost() {
        if !hasToldClientLost { eventContinuation.yield(.clientLost) }
        hasToldClientLost = true
    }

    // MARK: What the client tells

    private func receive(_ notification: ControlModeNotification) {
        switch notification {
        case .sessionsChanged, .sessionRenamed, .windowClosed: eventContinuation.yield(.sessionsChanged)
        default: break
        }
    }

    private func clientEnded(_ client: ControlClient, _ error: TmuxError) {
        guard case .open(let current, let server, let since) = connection, current === client else { return }
        connection = .none
        lostServer = server
        backoff.connectionEnded(after: since.duration(to: .now))
        reconnecting?.cancel()
        reconnecting = Task { await self.reconnect() }
    }

    /// Connects again, until it succeeds or there is no server any more.
    private func reconnect() async {
        while !Task.isCancelled {
            do {
                try await loop.sleep(for: backoff.next())
                _ = try await connectedClient(startsServer: false)
                return
            } catch let error as TmuxError where error.code != .noServer && error.code != .closed {
                continue
            } catch {
                return
            }
        }
    }
}
