import CodexAppServer
import Transcripts

/// Reads a Codex conversation from its thread's rollout; blocking, for the pool.
struct CodexConversation: ConversationReader {
    /// Where the rollout was seen last; it moves when its thread is archived, or when Codex compresses it.
    let rollout: String?
    let home: CodexHome?
    let thread: String

    /// Where the rollout is; nil when there is none, as before the first turn.
    var path: String? {
        guard let home else { return rollout }
        return RolloutSearch(home: home.path).rollout(of: thread, recorded: rollout)
    }

    func lastMessages(count: Int, turn: Turn?) throws -> [String] {
        guard let path else { return [] }
        guard let turn else { return try CodexRollout(path: path).lastTexts(count: count) }
        // A turn that the agent never began has no answer.
        guard let agentTurn = turn.agentTurnID else { return [] }
        return try CodexRollout(path: path).lastTexts(count: count, turn: agentTurn)
    }

    func messages() throws -> [LogMessage] {
        guard let path else { return [] }
        return try CodexRollout(path: path).turns().flatMap(\.messages).map {
            LogMessage(role: $0.role == .user ? .human : .assistant, text: $0.text)
        }
    }
}
