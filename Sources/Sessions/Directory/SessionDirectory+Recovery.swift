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
        for session in sessions.values {
            await recover(session, hooks: spool[session.id] ?? [])
        }
        await takeUpForeignChanges()
        // What is damaged is set aside with the first writing.
        try? await file.flush()
        reports += await journal.takeWarnings()
        reports += await file.takeWarnings()
    }

    private func recover(_ session: Session, hooks: [JSON]) async {
        do {
            let open = try await journal.openTurns(of: session.id)
            await session.restore(open: open, newest: try await journal.newestTurn(of: session.id))
        } catch {
            reports.append("The turns of \(session.id) could not be read: \(error)")
        }
        if await !session.isEnded { await session.resume(hooks: hooks, events: events(of: session)) }
    }

    /// What the npm tool did to its file in the meantime.
    func takeUpForeignChanges() async {
        let changes: [SessionsFile.ForeignChange]
        do {
            changes = try await file.foreignChanges()
        } catch {
            logger.error("sessions.json could not be read", metadata: ["error": "\(error)"])
            return
        }
        for change in changes {
            switch change {
            case .removed(let id):
                // The other tool killed it; or it looked for an agent that had ended by itself, and whose session we
                // keep: the npm tool removes a record only when there is no such tmux session any more.
                guard let session = sessions[id], await !session.isKept else { continue }
                do {
                    try await kill(id, purge: false)
                } catch {
                    logger.error("a session that was killed elsewhere could not be ended", metadata: ["session": "\(id)", "error": "\(error)"])
                }
            case .added(let record):
                await adopt(record)
            case .changed(let record):
                await sessions[record.championID]?.takeUp(record)
            }
        }
    }

    /// Takes up a session that the npm tool made, if it runs here.
    private func adopt(_ record: SessionRecord) async {
        guard record.host == nil, sessions[record.championID] == nil,
              let backend = backends[AgentKind(rawValue: record.cli)], let spec = await backend.adopt(record)
        else { return }
        let session = makeSession(spec, backend)
        sessions[spec.id] = session
        journal.saveLater(spec)
        await session.resume(hooks: [], events: events(of: session))
    }
}
