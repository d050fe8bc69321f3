import JSON

extension SessionDirectory {
    /// Finds all sessions again after a restart of the supervisor: those whose agents run are watched on,
    /// the others are reported as what they are.
    /// - Parameter spool: hooks that found no supervisor, by session, oldest first.
    public func recover(spool: [String: [JSON]]) async throws {
        for spec in try await journal.specs() {
            guard let backend = backends[spec.agent] else {
                reports.append("\(spec.id) runs an agent of an unknown kind, \(spec.agent), and is left alone.")
                continue
            }
            sessions[spec.id] = makeSession(spec, backend)
        }
        var written: [SessionRecord] = []
        for session in sessions.values { written.append(await session.record()) }
        await file.expect(written)
        // Each asks its tmux server and reads its transcript; together they do not take longer than the slowest.
        await withTaskGroup(of: Void.self) { group in
            for session in sessions.values {
                group.addTask { await self.recover(session, hooks: spool[session.id] ?? []) }
            }
        }
        await takeUpForeignChanges()
        reports += await journal.takeWarnings()
        // What is damaged is set aside with the first writing. Another tool may hold the file for seconds: commands need not wait for that.
        Task {
            try? await file.flush()
            reports += await file.takeWarnings()
            for backend in backends.values { await backend.tidy() }
        }
    }

    private func recover(_ session: Session, hooks: [JSON]) async {
        do {
            await session.restore(
                open: try await journal.openTurns(of: session.id),
                ended: try await journal.endedTurns(of: session.id, limit: Session.endedTurnsKept))
        } catch {
            reports.append("The turns of \(session.id) could not be read: \(error)")
        }
        if await !session.isEnded { await session.resume(hooks: hooks) }
    }
}
