import Transcripts

/// Reads a Claude conversation from its transcript; blocking, for the pool.
struct ClaudeConversationReader: ConversationReader {
    let transcript: String

    func lastMessages(count: Int, turn: Turn?) throws -> [String] {
        guard let turn else { return try ClaudeConversation(path: transcript).lastMessages(count: count) }
        // A turn that the agent never began has no answer. Its conversation may have been left since (`/clear`).
        guard let agentTurn = turn.agentTurnID else { return [] }
        return try ClaudeConversation(path: turn.transcript?.path ?? transcript).lastMessages(count: count, turn: agentTurn)
    }

    func messages() throws -> [LogMessage] {
        try ClaudeConversation(path: transcript).messages().map {
            LogMessage(role: $0.isHuman ? .human : .assistant, text: $0.text)
        }
    }
}
