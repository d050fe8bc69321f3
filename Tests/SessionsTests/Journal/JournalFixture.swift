import EventLoop
import Testing
@testable import Sessions

extension Storage {
    func openJournal(
        _ name: String = "journal.sqlite", schema: JournalSchema = .current, fault: @escaping Journal.CommitFault = {}
    ) async throws -> Journal {
        let journal = Journal(loop: loop, path: path(name), logger: Self.quiet, schema: schema, fault: fault)
        try await journal.open()
        return journal
    }

    /// A journal with one session.
    func openJournal(with session: String, fault: @escaping Journal.CommitFault = {}) async throws -> Journal {
        let journal = try await openJournal(fault: fault)
        try await journal.save(.sample(session))
        return journal
    }
}

extension Journal {
    /// Writes a new turn as a session does.
    @discardableResult
    func record(_ text: String, session: String, state: TurnState = .queued) async throws -> Turn {
        let turn = Turn(id: allocateTurnID(), session: session, origin: .command, state: state, text: text, createdAt: 1)
        try await record(turn, event: JournalEvent(.turnQueued, of: turn))
        return turn
    }

    func finish(_ turn: Turn, at time: Int64, _ state: TurnState = .completed) async throws {
        var turn = turn
        turn.state = state
        turn.endedAt = time
        try await record(turn, event: JournalEvent(.turnEnded, of: turn))
    }
}

func expectStorageError(
    _ code: StorageError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as StorageError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}
