import EventLoop
import Logging

extension AppServer {
    private enum EndTime {
        static let stop = Duration.seconds(5)
        /// More than an interruption has, which may never be answered.
        static let rest = Duration.seconds(15)
    }

    /// Ends our own server if nobody uses it: no follower, no thread of anybody's, nobody else connected.
    /// - Returns: whether nobody uses it any more.
    public func stopIfUnused() async -> Bool {
        guard followers.isEmpty else { return false }
        // It may still be used, or be on its way, for a thread that has gone meanwhile.
        if let connecting { _ = await connecting.value }
        let deadline = ContinuousClock.now + EndTime.rest
        repeat {
            await rest(until: deadline)
            guard followers.isEmpty else { return false }
            guard let peer, peer.isOurs, let process = peer.process else { return true }
            guard let loaded = try? await callIfConnected(ThreadLoadedList()), loaded.data.isEmpty, followers.isEmpty else { return false }
            guard underWay == 0 else { continue }
            guard hasServerAlone else { return false }
            await stop(process)
            return true
        } while .now < deadline
        return false
    }

    /// Frees all threads: our own server is told to end, which it does when the turns that it runs are over.
    /// - Returns: whether it has ended.
    public func release() async -> Bool {
        // One that runs without our being connected has threads as well.
        if connection == nil { _ = try? await connect(starting: false) }
        isClosed = true
        guard let ours = peer.flatMap({ $0.isOurs ? $0.process : nil }) else {
            await closeConnection()
            return true
        }
        return await stop(ours)
    }

    /// Synchronous up to its first suspension: nobody begins to use the server that ends.
    @discardableResult
    private func stop(_ process: ProcessIdentity) async -> Bool {
        let open = letGo()
        let task = Task {
            await open?.close()
            return await end(process)
        }
        ending = task
        defer { ending = nil }
        return await task.value
    }

    /// Lets go; the server runs on.
    public func close() async {
        isClosed = true
        await closeConnection()
    }

    private func closeConnection() async {
        await letGo()?.close()
    }

    /// - Returns: the connection, which is to be closed.
    private func letGo() -> RPCConnection? {
        reconnection?.cancel()
        reconnection = nil
        started?.letGo()
        started = nil
        peer = nil
        defer { connection = nil }
        return connection
    }

    private func end(_ process: ProcessIdentity) async -> Bool {
        guard process.isAlive else { return true }
        let ended = await withCheckedContinuation { continuation in
            let end = ProcessEnd(process, on: loop, within: EndTime.stop) { continuation.resume(returning: $0) }
            try? System.kill(process.processID, Signal.terminate)
            end.watch()
        }
        if !ended { logger.info("the Codex app-server ends when its turns are over", metadata: ["pid": "\(process.processID)"]) }
        return ended
    }
}
