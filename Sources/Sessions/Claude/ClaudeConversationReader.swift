import Transcripts

/// Reads a Claude conversation from its transcript; blocking, for the pool.
struct ClaudeConversationReader: ConversationReader {
    let transcript: String

    func lastMessages(count: Int, agentTurn: String?) throws -> [String] {
        try ClaudeConversation(path: transcript).lastMessages(count: count, turn: agentTurn)
    }

    func messages() throws -> [LogMessage] {
        try ClaudeConversation(path: transcript).messages().map {
            LogMessage(role: $0.isHuman ? .human : .assistant, text: $0.text)
        }
    }
}
