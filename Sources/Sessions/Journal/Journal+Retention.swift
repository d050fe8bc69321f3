/// How long the journal keeps what.
public struct JournalRetention: Sendable, Hashable {
    /// A message's text, from the end of its turn.
    public var texts: Duration
    /// A session that has ended, with its turns.
    public var endedSessions: Duration
    public var events: Duration
    public var eventCount: Int64

    public init(
        texts: Duration = .seconds(7 * 86_400), endedSessions: Duration = .seconds(30 * 86_400),
        events: Duration = .seconds(30 * 86_400), eventCount: Int64 = 200_000
    ) {
        self.texts = texts
        self.endedSessions = endedSessions
        self.events = events
        self.eventCount = eventCount
    }
}

extension Journal {
    /// Removes what is no longer to be kept, from the disk too.
    /// - Parameter now: milliseconds since 1970.
    public func apply(_ retention: JournalRetention, now: Int64 = Timestamp.now()) async throws(StorageError) {
        var removed = try await purgeTexts(endedBefore: now - retention.texts.milliseconds)
        removed += try await removeSessions(endedBefore: now - retention.endedSessions.milliseconds)
        removed += try await pruneEvents(keepingAtMost: retention.eventCount, olderThan: now - retention.events.milliseconds)
        if removed > 0 { await compact() }
    }

    /// Removes the text of turns that ended before this time.
    /// - Returns: of how many.
    @discardableResult
    public func purgeTexts(endedBefore time: Int64) async throws(StorageError) -> Int {
        try await write(.statement(
            "removing old messages", "UPDATE turn SET text = NULL WHERE text IS NOT NULL AND endedAt < ?", [time])).rows
    }

    /// Removes sessions that ended before this time, with their turns.
    /// - Returns: how many.
    @discardableResult
    public func removeSessions(endedBefore time: Int64) async throws(StorageError) -> Int {
        try await write(.statement("removing old sessions", "DELETE FROM session WHERE endedAt < ?", [time])).rows
    }

    /// Removes events from before this time, and the oldest ones beyond this number.
    /// - Returns: how many.
    @discardableResult
    public func pruneEvents(keepingAtMost count: Int64, olderThan time: Int64) async throws(StorageError) -> Int {
        let old = try await write(.statement("removing old events", "DELETE FROM event WHERE time < ?", [time])).rows
        let surplus = try await write(.statement(
            "removing old events", "DELETE FROM event WHERE sequence <= (SELECT max(sequence) FROM event) - ?", [count])).rows
        return old + surplus
    }
}
