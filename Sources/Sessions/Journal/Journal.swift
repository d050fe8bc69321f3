import EventLoop
import Logging

/// What was sent and what happened: the truth that outlives the supervisor, in an SQLite file.
///
/// All writing is one queue. While one transaction is on its way to the disk, whatever is written meanwhile gathers
/// and goes together into the next: a thousand sessions cost about as many waits for the disk as one.
public actor Journal {
    public nonisolated let loop: EventLoop
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    public nonisolated let path: String

    /// Called on another thread before each commit; throws to make the transaction fail, as a fault of the disk would.
    public typealias CommitFault = @Sendable () throws -> Void

    private let schema: JournalSchema
    private let fault: CommitFault
    let logger: Logger

    private var database: JournalDatabase?
    private var pending: [(change: JournalChange, done: Completion)] = []
    private var isCommitting = false
    private var lastTurnID: Int64 = 0
    private var followers: [Int: EventHandler] = [:]
    private var nextFollower = 0
    private var warnings: [String] = []
    /// How many transactions have been committed or have failed.
    private(set) var transactionCount = 0

    typealias Completion = (Result<JournalChange.Outcome, StorageError>) -> Void
    /// Takes events that have just become durable, in their order, on the loop.
    public typealias EventHandler = @Sendable ([JournalEvent]) -> Void

    /// - Parameters:
    ///   - path: of the file; its folder exists.
    ///   - fault: makes writing fail, in tests.
    public init(
        loop: EventLoop, path: String, logger: Logger = Logger(label: "journal"), fault: @escaping CommitFault = {}
    ) {
        self.init(loop: loop, path: path, logger: logger, schema: .current, fault: fault)
    }

    init(loop: EventLoop, path: String, logger: Logger, schema: JournalSchema, fault: @escaping CommitFault) {
        self.loop = loop
        self.path = path
        self.logger = logger
        self.schema = schema
        self.fault = fault
    }

    // MARK: Life

    /// Opens the file: to be called once, before anything else.
    /// - Throws: ``StorageError``, among others `.newerSchema`. A damaged file is no error: it is set aside and told
    ///   of in ``takeWarnings()``.
    public func open() async throws(StorageError) {
        let opened = try await offload { [path, schema] () throws(StorageError) in
            let (database, warnings) = try JournalDatabase.open(path, schema: schema)
            return (database, warnings, try database.lastTurnID())
        }
        database = opened.0
        warnings += opened.1
        lastTurnID = opened.2
    }

    /// Writes what is pending and closes the file; later writing fails with `.closed`.
    public func close() async {
        await settle()
        guard let database else { return }
        self.database = nil
        _ = try? await loop.offload { database.close() }
    }

    /// What was found wrong since the last call, in words for the user.
    public func takeWarnings() -> [String] {
        defer { warnings.removeAll() }
        return warnings
    }

    func warn(_ warning: String) {
        warnings.append(warning)
    }

    /// A new turn's id. On the loop only.
    public nonisolated func allocateTurnID() -> Int64 {
        assumeIsolated { journal in
            journal.lastTurnID += 1
            return journal.lastTurnID
        }
    }

    // MARK: Writing

    /// Returns when the change is on disk.
    @discardableResult
    func write(_ change: JournalChange) async throws(StorageError) -> JournalChange.Outcome {
        let result = await withCheckedContinuation { continuation in
            enqueue(change) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Writes without waiting, in the order of the calls. A failure is logged. On the loop only.
    nonisolated func writeLater(_ change: JournalChange) {
        assumeIsolated { journal in
            journal.enqueue(change) { [logger] result in
                guard case .failure(let error) = result else { return }
                logger.error("the journal could not be written", metadata: ["error": "\(error)"])
            }
        }
    }

    private func enqueue(_ change: JournalChange, done: @escaping Completion) {
        guard database != nil else { return done(.failure(closedError)) }
        pending.append((change, done))
        guard !isCommitting else { return }
        isCommitting = true
        Task { await commitPending() }
    }

    private func commitPending() async {
        while !pending.isEmpty {
            let batch = pending
            pending.removeAll()
            let results = await commit(batch.map(\.change))
            transactionCount += 1
            let events = results.flatMap { (try? $0.get().events) ?? [] }
            if !events.isEmpty {
                for follower in followers.values { follower(events) }
            }
            for (entry, result) in zip(batch, results) { entry.done(result) }
        }
        isCommitting = false
    }

    private func commit(_ changes: [JournalChange]) async -> [Result<JournalChange.Outcome, StorageError>] {
        guard let database else { return changes.map { _ in .failure(closedError) } }
        do {
            return try await loop.offload { [fault] in database.commit(changes, beforeCommit: fault) }
        } catch {
            return changes.map { .failure(StorageError($0.operation, cause: error)) }
        }
    }

    /// Returns when everything that was written before the call is on disk or has failed.
    private func settle() async {
        guard isCommitting else { return }
        _ = try? await write(JournalChange(operation: "writing to the journal") { _ in .init() })
    }

    // MARK: Reading

    /// Reads what is on disk, everything included that was written before the call.
    func read<Value: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (JournalDatabase) throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        await settle()
        guard let database else { throw closedError }
        return try await offload { () throws(StorageError) in try body(database) }
    }

    /// Gives room back to the file system, after much has been removed. It may fail, and comes right with the next.
    func compact() async {
        guard let database else { return }
        do {
            try await offload { () throws(StorageError) in try database.compact() }
        } catch {
            logger.warning("the journal could not be compacted", metadata: ["error": "\(error)"])
        }
    }

    /// For settings of the writing connection.
    func configure(_ sql: String) async throws {
        guard let database else { throw closedError }
        try await loop.offload { try database.configure(sql) }
    }

    private func offload<Value: Sendable>(
        _ work: @escaping @Sendable () throws(StorageError) -> Value
    ) async throws(StorageError) -> Value {
        do {
            return try await loop.offload(work)
        } catch {
            throw StorageError("working on the journal", cause: error)
        }
    }

    private var closedError: StorageError {
        StorageError(.closed, "The journal \(path) is not open.")
    }

    // MARK: Following

    /// Tells of every event as soon as it is durable. To miss none, follow first and then read what came before.
    /// - Returns: what ``stopFollowing(_:)`` takes.
    public func follow(_ handler: @escaping EventHandler) -> Int {
        nextFollower += 1
        followers[nextFollower] = handler
        return nextFollower
    }

    public func stopFollowing(_ follower: Int) {
        followers[follower] = nil
    }
}
