import GRDB
import Transcripts
import JSON

extension Turn {
    static let selection = "SELECT turn.*, session.id AS session FROM turn JOIN session ON session.key = turn.sessionKey"
    static let ofLiveSession = "session.id = ? AND session.endedAt IS NULL"
    /// In the words of the index that finds them.
    static let isOpen = "turn.state IN ('queued', 'delivering', 'running', 'waiting_for_input')"

    init(_ row: Row) throws {
        guard let state = TurnState(rawValue: row["state"]), let origin = TurnOrigin(rawValue: row["origin"]) else {
            throw StorageError(.damaged, "Turn \(row["id"] as Int64) has an unknown state or origin.")
        }
        self.init(
            id: row["id"], session: row["session"], origin: origin, state: state, text: row["text"],
            textBytes: row["textBytes"], literal: row["literal"], createdAt: row["createdAt"])
        deliveredAt = row["deliveredAt"]
        startedAt = row["startedAt"]
        endedAt = row["endedAt"]
        agentTurnID = row["agentTurnID"]
        transcript = try (row["transcript"] as String?).map { try JSON(parsing: $0).decode(TranscriptPosition.self) }
        transcriptEnd = row["transcriptEnd"]
        reason = row["reason"]
        altered = row["altered"]
    }

    /// Inserts the turn, or changes what can change of one: its text is written once.
    func write(to database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO turn (
                    id, sessionKey, origin, state, text, textBytes, literal, createdAt, deliveredAt, startedAt, endedAt,
                    agentTurnID, transcript, transcriptEnd, reason, altered
                ) VALUES (
                    ?, (SELECT key FROM session WHERE id = ? AND endedAt IS NULL), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
                ) ON CONFLICT (id) DO UPDATE SET
                    state = excluded.state, deliveredAt = excluded.deliveredAt, startedAt = excluded.startedAt,
                    endedAt = excluded.endedAt, agentTurnID = excluded.agentTurnID, transcript = excluded.transcript,
                    transcriptEnd = excluded.transcriptEnd, reason = excluded.reason, altered = excluded.altered
                """,
            arguments: [
                id, session, origin.rawValue, state.rawValue, text, textBytes, literal, createdAt, deliveredAt, startedAt,
                endedAt, agentTurnID, try transcript.map { try JSON.encode($0).compact }, transcriptEnd, reason, altered,
            ])
    }
}
