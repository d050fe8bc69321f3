/// Sessions of the npm tool: taken up as our own where their agent runs here, and otherwise kept as what its file says
/// of them.
extension SessionDirectory {
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
                foreign[id] = nil
                // The other tool killed it; or it looked for an agent that had ended by itself, and whose session we
                // keep: the npm tool removes a record only when there is no such tmux session any more.
                guard let session = sessions[id], await !session.isKept else { continue }
                do {
                    try await kill(id, purge: false)
                } catch {
                    logger.error("a session that was killed elsewhere could not be ended", metadata: ["session": "\(id)", "error": "\(error)"])
                }
            case .added(let record):
                if sessions[record.championID] == nil { foreign[record.championID] = record }
            case .changed(let record):
                if foreign[record.championID] != nil { foreign[record.championID] = record }
                await sessions[record.championID]?.takeUp(record)
            }
        }
        // An agent that was starting a moment ago may be there now.
        for record in foreign.values { await adopt(record) }
    }

    private func adopt(_ record: SessionRecord) async {
        let id = record.championID
        guard record.host == nil, record.status == .active, let backend = backends[AgentKind(rawValue: record.cli)],
              let spec = await backend.adopt(record), sessions[id] == nil, foreign.removeValue(forKey: id) != nil
        else { return }
        let session = makeSession(spec, backend)
        sessions[id] = session
        journal.saveLater(spec)
        await session.publishAdopted()
        await session.resume(hooks: [])
    }

    /// Removes the records of sessions whose terminal is gone, as the npm tool does when it lists them.
    func pruneForeign() async {
        for record in foreign.values where record.host == nil && record.status == .active {
            guard let backend = backends[AgentKind(rawValue: record.cli)], await backend.isThere(record) == false else { continue }
            foreign[record.championID] = nil
            file.enqueue(.remove(record.championID))
        }
    }

    /// Ends what there is of a session that only the file knows, and removes its record.
    func killForeign(_ record: SessionRecord) async throws(SessionError) {
        guard record.host == nil else {
            throw SessionError(.invalid, "\(record.championID) runs on \(record.host ?? "another host"): kill it there, or with the npm tool.")
        }
        if let backend = backends[AgentKind(rawValue: record.cli)] { try await backend.removeForeign(record) }
        foreign[record.championID] = nil
        file.enqueue(.remove(record.championID))
        do {
            try await file.flush()
        } catch {
            throw SessionError(.storage, "\(record.championID) was killed, but that could not be written: \(error)")
        }
    }
}
