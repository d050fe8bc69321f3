import CodexAppServer
import Transcripts

/// Reads a Codex conversation from its thread's rollout; blocking, for the pool.
struct CodexConversation: ConversationReader {
    /// Where the rollout was seen last; it moves when its thread is archived, when Codex compresses it, and when a
    /// person takes turns back.
    let rollout: String?
    let home: CodexHome?
    let thread: String

    /// Where the rollout is; nil when there is none, as before the first turn.
    var path: String? { history?.rollout }

    func lastMessages(count: Int, turn: Turn?) throws -> [String] {
        guard let history else { return [] }
        guard let turn else { return try history.lastTexts(count: count) }
        // A turn that the agent never began has no answer.
        guard let agentTurn = turn.agentTurnID else { return [] }
        return try history.lastTexts(count: count, turn: agentTurn)
    }

    func messages() throws -> [LogMessage] {
        try (history?.turns() ?? []).flatMap(\.messages).map {
            LogMessage(role: $0.role == .user ? .human : .assistant, text: $0.text)
        }
    }

    private var history: CodexHistory? {
        home.map { CodexHistory(thread: thread, search: RolloutSearch(home: $0.path), recorded: rollout) }
    }
}
