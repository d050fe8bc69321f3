import JSON

extension Session {
    /// The session as the npm tool's file shows it.
    func record() -> SessionRecord {
        SessionRecord(spec, newest: newestTurn)
    }

    func record(includingEnded: Bool) -> SessionRecord? {
        isPublished && (includingEnded || !isEnded) ? record() : nil
    }

    /// Writes that the session exists now.
    func announce(_ kind: EventKind) {
        isPublished = true
        recordLater(nil, kind)
        saveSpec()
    }

    /// A session of another tool's: it is visible already.
    func publishAdopted() {
        isPublished = true
    }

    /// A session that was never finished: whoever waits for it is told so.
    func discard() {
        spec.ended = "it was not created"
        letGo()
        callWaiters()
    }
}
