import EventLoop
import Logging

extension AppServer {
    private enum ConnectTime {
        static let answer = Duration.seconds(10)
        static let start = Duration.seconds(15)
        /// Nothing is printed when the socket answers: it is tried so often.
        static let retry = Duration.milliseconds(10)
    }

    /// Returns when there is a connection.
    /// - Parameter starting: our own server, where none is live.
    /// - Returns: whether there was one before.
    /// - Throws: `.refused` when none is live and none is to be started; `.missing`, `.startFailed`.
    @discardableResult
    public func connect(starting: Bool) async throws(CodexError) -> Bool {
        if connection != nil { return true }
        if let connecting {
            let result = await connecting.value
            // Who only looked has not tried what is wanted now.
            if case .failure(let error) = result, !(starting && error.code == .refused) { throw error }
            if connection != nil { return true }
        }
        if let ending { _ = await ending.value }
        guard !isClosed else { throw letGoError }
        if connecting != nil { return try await connect(starting: starting) }
        let attempt = Task { await self.attempt(starting: starting) }
        connecting = attempt
        _ = try await attempt.value.get()
        return false
    }

    private var letGoError: CodexError {
        CodexError(.closed, while: "connecting to the Codex app-server", reason: "it was let go of")
    }

    private func attempt(starting: Bool) async -> Result<RPCConnection, CodexError> {
        defer { connecting = nil }
        do throws(CodexError) {
            if let live = try await openLive() { return .success(live) }
            guard starting else {
                return .failure(CodexError(.refused, while: "connecting to the Codex app-server", reason: "none is running"))
            }
            return .success(try await start())
        } catch {
            return .failure(error)
        }
    }

    /// The server that is live: ours, or else the user's.
    private func openLive() async throws(CodexError) -> RPCConnection? {
        if System.exists(program.socket) {
            do throws(CodexError) {
                return try await open(program.socket)
            } catch {
                // What a server left behind refuses; anything else is told.
                guard error.code == .refused || error.code == .connectionLost else { throw error }
            }
        }
        guard System.exists(home.controlSocket) else { return nil }
        do throws(CodexError) {
            return try await open(home.controlSocket)
        } catch {
            if isClosed { throw error }
            // A thread has one writer also among servers: the worst is that one that is open there is refused by ours.
            if error.code != .refused, error.code != .connectionLost {
                logger.warning("the user's own Codex app-server cannot be joined", metadata: ["socket": "\(home.controlSocket)", "error": "\(error)"])
            }
            return nil
        }
    }

    private func open(_ socket: String) async throws(CodexError) -> RPCConnection {
        let endpoint = WebSocket.Endpoint.unix(path: socket)
        let opened = RPCConnection(loop: loop, to: endpoint) { [self] event in
            assumeIsolated { $0.take(event) }
        }
        let process = try await opened.open(endpoint)
        let result = await withCheckedContinuation { continuation in
            Self.submit(Initialize(clientVersion: clientVersion), over: opened, within: ConnectTime.answer) { continuation.resume(returning: $0) }
        }
        switch result {
        case .failure(let error):
            await opened.close()
            throw error
        case .success(let initialized):
            await opened.notify("initialized", [:])
            // The server may have ended with its answer, or we may have let go of it meanwhile.
            if let error = opened.failure ?? (isClosed ? letGoError : nil) {
                await opened.close()
                throw error
            }
            connection = opened
            peer = AppServerPeer(
                version: AppServerPeer.version(userAgent: initialized.userAgent), process: process.flatMap(ProcessIdentity.of),
                socket: socket, isOurs: socket == program.socket)
            logger.info("connected to the Codex app-server", metadata: [
                "home": "\(home.path)", "socket": "\(socket)", "pid": "\(process ?? 0)", "agent": "\(initialized.userAgent)",
            ])
            endReconnection()
            return opened
        }
    }

    private func start() async throws(CodexError) -> RPCConnection {
        let process = try AppServerProcess(program, on: loop)
        started = process
        let deadline = ContinuousClock.now + ConnectTime.start
        while true {
            if System.exists(program.socket) {
                do throws(CodexError) {
                    return try await open(program.socket)
                } catch {
                    guard error.code == .refused || error.code == .connectionLost else { throw error }
                }
            }
            if process.exit != nil {
                throw CodexError(.startFailed, while: "starting the Codex app-server", reason: "it exited during startup. Log output:\n\(process.output)")
            }
            guard .now < deadline, (try? await loop.sleep(for: ConnectTime.retry)) != nil else {
                process.kill()
                throw CodexError(.startFailed, while: "starting the Codex app-server", reason: "it did not answer within \(ConnectTime.start). Log output:\n\(process.output)")
            }
        }
    }
}
