import Transcripts

/// Reads a Claude conversation from its transcript; blocking, for the pool.
struct ClaudeConversationReader: ConversationReader {
    let transcript: String

    func lastMessages(count: Int, agentTurn: String?) throws -> [String] {
        let all = try turns().filter { agentTurn == nil || $0.promptID == agentTurn || $0.id == agentTurn }
        return Array(all.flatMap(\.texts).suffix(count))
    }

    func messages() throws -> [LogMessage] {
        try turns().flatMap { t in t.messages.map { LogMessage(role: .human, text: $0.text) } + t.texts.map { LogMessage(role: .assistant, text: $0) } }
    }
}
