import EventLoop
import Logging

/// The npm tool's sessions.json: what that tool is to see of our sessions, written in batches under its lock, and what
/// it did to them.
///
/// All pending changes go in one trip, at most every 50 ms, or at once when somebody waits for them.
public actor SessionsFile {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated let path: String

    private let logger: Logger
    private let lockTimeout: Duration

    /// Only ``travel(_:)`` changes it, one trip at a time.
    private var update: SessionsFileUpdate
    private var isTravelling = false
    private var travellers: [CheckedContinuation<Void, Never>] = []

    private var pending = PendingChanges()
    /// Whether the file holds what must be set aside.
    private var needsRepair = false
    private var isWriting = false
    private var isScheduled = false
    private var flushes: [(Result<Void, StorageError>) -> Void] = []
    private var foreign: [ForeignChange] = []
    private var warnings: [String] = []
    /// How often the lock has been taken.
    private(set) var writeCount = 0

    private static let interval: Duration = .milliseconds(50)
    /// How long to leave alone a file that could not be written.
    private static let retryInterval: Duration = .seconds(5)

    /// - Parameters:
    ///   - path: absolute; its folder exists.
    ///   - lockTimeout: how long to wait for the other tool's lock.
    public init(
        loop: EventLoop, path: String, logger: Logger = Logger(label: "sessions-file"), lockTimeout: Duration = .seconds(10)
    ) {
        self.loop = loop
        self.path = path
        self.logger = logger
        self.lockTimeout = lockTimeout
        update = SessionsFileUpdate(path: path)
    }

    // MARK: Reading

    /// Tells which sessions an earlier supervisor had written to the file: those that do not stand there any more were
    /// removed by the other tool. To be called before anything else.
    public func expect(_ records: [SessionRecord]) {
        update.projection.expect(records)
    }

    /// What others did to the file since the last call; never waits for the lock. A file that is damaged is repaired
    /// soon (``flush()`` waits for it).
    public func foreignChanges() async throws(StorageError) -> [ForeignChange] {
        // A look at the file's identity is cheap enough for every command.
        if update.cache == nil || FileIdentity.of(path: path) != update.cache?.identity { try await look() }
        defer { foreign.removeAll() }
        return foreign
    }

    /// The records as they stand in the file, in their order.
    public func records() async throws(StorageError) -> [SessionRecord] {
        try await look()
    }

    @discardableResult
    private func look() async throws(StorageError) -> [SessionRecord] {
        let (records, isDamaged) = try await travel { update throws(StorageError) in try update.look() }
        if isDamaged {
            needsRepair = true
            startWriting()
        }
        return records
    }

    /// What was found wrong since the last call, one line each.
    public func takeWarnings() -> [String] {
        defer { warnings.removeAll() }
        return warnings
    }

    // MARK: Writing

    /// Writes a change soon. On the loop only.
    public nonisolated func enqueue(_ change: Change) {
        assumeIsolated { file in
            file.pending.add(change)
            file.schedule(after: Self.interval)
        }
    }

    /// Returns when everything that was enqueued before the call is in the file.
    /// - Throws: ``StorageError``; the changes are kept, and tried again later.
    public func flush() async throws(StorageError) {
        guard hasWork || isWriting else { return }
        let result = await withCheckedContinuation { continuation in
            flushes.append { continuation.resume(returning: $0) }
            startWriting()
        }
        try result.get()
    }

    /// Writes changes and returns when they are in the file.
    public func apply(_ changes: [Change]) async throws(StorageError) {
        for change in changes { pending.add(change) }
        try await flush()
    }

    private var hasWork: Bool { !pending.isEmpty || needsRepair }

    private func schedule(after delay: Duration) {
        guard !isScheduled else { return }
        isScheduled = true
        Task {
            // The loop's end cancels the wait.
            guard (try? await loop.sleep(for: delay)) != nil else { return }
            isScheduled = false
            startWriting()
        }
    }

    private func startWriting() {
        guard !isWriting, hasWork || !flushes.isEmpty else { return }
        isWriting = true
        Task {
            while hasWork || !flushes.isEmpty {
                guard await writePending() else {
                    schedule(after: Self.retryInterval)
                    break
                }
            }
            isWriting = false
        }
    }

    /// - Returns: false when it could not be done.
    private func writePending() async -> Bool {
        let changes = pending
        let waiting = flushes
        let hadWork = hasWork
        pending = PendingChanges()
        flushes.removeAll()
        do {
            if hadWork {
                try await write(changes)
                needsRepair = false
            }
            for flush in waiting { flush(.success(())) }
            return true
        } catch {
            logger.error("sessions.json could not be written", metadata: ["error": "\(error)"])
            let later = pending
            pending = changes
            pending.add(later)
            for flush in waiting + flushes { flush(.failure(error)) }
            flushes.removeAll()
            return false
        }
    }

    private func write(_ changes: PendingChanges) async throws(StorageError) {
        let deadline = ContinuousClock.now + lockTimeout
        let lockPath = update.lockPath
        var suspect: FileIdentity?
        while true {
            let (isWritten, next) = try await travel { [suspect] update throws(StorageError) -> (Bool, FileIdentity?) in
                var suspect = suspect
                guard var lock = try StoreLock.attempt(lockPath, suspect: &suspect) else { return (false, suspect) }
                defer { lock.release() }
                return (try update.write(changes, holding: &lock), nil)
            }
            if isWritten { break }
            suspect = next
            guard ContinuousClock.now < deadline else {
                throw StorageError(.locked, "Timed out waiting for session store lock at \(lockPath)")
            }
            // As the npm tool does. The loop's end cancels the wait.
            guard (try? await loop.sleep(for: .milliseconds(Int.random(in: 20...40)))) != nil else {
                throw StorageError(.closed, "The supervisor ended before \(path) was written.")
            }
        }
        writeCount += 1
    }

    // MARK: Trips

    /// Works on the file on another thread, where blocking is allowed.
    private func travel<Value: Sendable>(
        _ body: @escaping @Sendable (inout SessionsFileUpdate) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        if isTravelling {
            await withCheckedContinuation { travellers.append($0) }
        } else {
            isTravelling = true
        }
        // Whoever waits goes next, before anybody new.
        defer { if travellers.isEmpty { isTravelling = false } else { travellers.removeFirst().resume() } }
        do {
            let (value, after) = try await loop.offload { [update] in
                var update = update
                let value = try body(&update)
                return (value, update)
            }
            update = after
            foreign += update.foreign
            warnings += update.warnings
            update.foreign.removeAll()
            update.warnings.removeAll()
            return value
        } catch {
            throw StorageError("working on \(path)", cause: error)
        }
    }
}
