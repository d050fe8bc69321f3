import EventLoop
import Logging
import Sessions

/// Removes from the journal what is no longer to be kept: soon after the start, and once a day.
actor RetentionSchedule {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private let journal: Journal
    private let logger: Logger
    private var timer: LoopTimer?

    init(loop: EventLoop, journal: Journal, logger: Logger) {
        self.loop = loop
        self.journal = journal
        self.logger = logger
    }

    func begin() {
        timer = LoopTimer(on: loop)
        timer?.schedule(after: .seconds(60), repeating: .seconds(86_400)) { Task { await self.apply() } }
    }

    private func apply() async {
        do {
            try await journal.apply(JournalRetention())
        } catch {
            logger.warning("old entries of the journal could not be removed", metadata: ["error": "\(error)"])
        }
    }

    func close() {
        timer?.close()
        timer = nil
    }
}
