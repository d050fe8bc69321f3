import EventLoop
import Foundation
import JSON
import Logging
import Sessions

/// The supervisor: one process that puts loop, journal, sessions and control server together, until it is told to stop.
public struct SupervisorProcess {
    private let stateDirectory: StateDirectory
    private let programVersion: String
    private let executable: String
    private let logger: Logger

    public init(stateDirectory: StateDirectory, programVersion: String, executable: String, logger: Logger) {
        self.stateDirectory = stateDirectory
        self.programVersion = programVersion
        self.executable = executable
        self.logger = logger
    }

    /// Runs until SIGTERM, SIGINT or a `supervisor.stop`; sessions go on without it.
    /// - Parameter ready: called once, when the socket answers.
    public func run(ready: @escaping @Sendable () -> Void) async throws {
        System.raiseOpenFileLimit()
        System.ignoreBrokenPipes()
        let startedAt = Timestamp.now()
        let loop = try EventLoop(name: "supervisor")
        let journal = Journal(loop: loop, path: stateDirectory.journal)
        try await journal.open()
        let file = SessionsFile(loop: loop, path: stateDirectory.sessionsFile)
        let claude = ClaudeBackend(
            loop: loop,
            installation: .init(executable: executable, stateDirectory: stateDirectory.path, hookShim: stateDirectory.hookShim,
                editorShim: stateDirectory.editorShim,
                environment: ProcessInfo.processInfo.environment),
            logger: logger)
        let codex = CodexBackend(
            loop: loop, stateDirectory: stateDirectory.path, environment: ProcessInfo.processInfo.environment,
            programVersion: programVersion, logger: logger)
        let directory = SessionDirectory(loop: loop, journal: journal, file: file, backends: [claude, codex], logger: logger)
        let retention = RetentionSchedule(loop: loop, journal: journal, logger: logger)
        let stopping = StopSignal()
        let handler = CallHandler(
            directory: directory,
            status: { [programVersion, stateDirectory] in
                SupervisorStatus(
                    version: programVersion, processID: System.processID, startedAt: startedAt,
                    stateDirectory: stateDirectory.path, sessions: await directory.count,
                    residentBytes: System.residentBytes ?? 0,
                    longestTurnMicroseconds: Int(loop.longestTurn / .microseconds(1)), reports: await directory.reports,
                    agentServers: await directory.agentServers())
            },
            stop: { stopping.stop("a command asked for it", releasing: $0) })
        let server = ControlServer(loop: loop, handler: handler, programVersion: programVersion, logger: logger)
        let signals = SupervisorSignals(loop: loop, stopping: stopping)
        try await signals.watch()
        // Hooks come before commands: what they tell is older.
        let spool = HookSpool(directory: stateDirectory.spool)
        let taken = spool.take(includingLeft: true)
        try await directory.recover(spool: taken.payloads)
        taken.remove()
        try await server.listen(at: SocketLocation.existing(for: stateDirectory) ?? stateDirectory.usualSocket)
        let spoolWatch = SpoolWatch(loop: loop, spool: spool, directory: directory)
        await spoolWatch.begin()
        ready()
        await retention.begin()
        logger.info("supervisor started", metadata: ["pid": "\(System.processID)", "version": "\(programVersion)"])
        let stop = await stopping.stopped()
        logger.info("supervisor stops", metadata: ["reason": "\(stop.reason)"])
        await server.close()
        await spoolWatch.close()
        await directory.release(freeing: stop.releases)
        await signals.close()
        await retention.close()
        await journal.close()
        await loop.shutdown()
    }
}

/// Ends the supervisor once, whoever asks.
final class StopSignal: Sendable {
    struct Stop: Sendable {
        let reason: String
        /// Agents' conversations are to be free for other programs.
        let releases: Bool
    }

    private let stream: AsyncStream<Stop>
    private let continuation: AsyncStream<Stop>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    func stop(_ reason: String, releasing: Bool = false) {
        continuation.yield(Stop(reason: reason, releases: releasing))
    }

    func stopped() async -> Stop {
        for await stop in stream { return stop }
        return Stop(reason: "cancelled", releases: false)
    }
}

/// The signals that end a supervisor.
actor SupervisorSignals {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let stopping: StopSignal
    private var watches: [SignalWatch] = []

    init(loop: EventLoop, stopping: StopSignal) {
        self.loop = loop
        self.stopping = stopping
    }

    func watch() throws {
        for (signal, name) in [(Signal.terminate, "SIGTERM"), (Signal.interrupt, "SIGINT")] {
            watches.append(try SignalWatch(on: loop, signal: signal) { [stopping] in stopping.stop(name) })
        }
    }

    func close() {
        for watch in watches { watch.close() }
        watches.removeAll()
    }
}
