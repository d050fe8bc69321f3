import EventLoop
import Logging

/// After the connection.
extension AppServer {
    func lost(_ error: CodexError) {
        // Before it has been taken into use, its end is told to who opens it.
        guard connection != nil else { return }
        connection = nil
        peer = nil
        isLost = true
        logger.warning("the connection to the Codex app-server has ended", metadata: ["home": "\(home.path)", "error": "\(error)"])
        for handler in followers.values { handler(.connectionLost(error)) }
        reconnect()
    }

    /// Restarts a server that has ended, for those whose threads were in it.
    private func reconnect() {
        guard reconnection == nil, !isClosed, !followers.isEmpty else { return }
        reconnection = Task {
            var failure = CodexError(.startFailed, while: "starting the Codex app-server", reason: "it ends again and again")
            while !Task.isCancelled, !isClosed, !followers.isEmpty, connection == nil {
                guard let pause = backoff.next(now: .now) else {
                    tellFailure(failure, isFinal: true)
                    break
                }
                guard (try? await loop.sleep(for: pause)) != nil else { break }
                do throws(CodexError) {
                    try await connect(starting: true)
                } catch {
                    failure = error
                    // Nobody installs it within seconds.
                    tellFailure(error, isFinal: error.code == .missing)
                    if error.code == .missing { break }
                }
            }
            if !Task.isCancelled { reconnection = nil }
        }
    }

    private func tellFailure(_ error: CodexError, isFinal: Bool) {
        logger.error("the Codex app-server could not be started", metadata: [
            "home": "\(home.path)", "error": "\(error)", "isFinal": "\(isFinal)",
        ])
        for handler in followers.values { handler(.serverFailed(error, isFinal: isFinal)) }
    }

    /// There is a connection again, whoever made it: nobody need try any more.
    func endReconnection() {
        reconnection?.cancel()
        reconnection = nil
        guard isLost else { return }
        isLost = false
        for handler in followers.values { handler(.reconnected) }
    }
}
