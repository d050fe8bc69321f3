import CodexAppServer

struct CodexConversation: ConversationReader {
    let rollout: String?
    let home: CodexHome?
    let thread: String
    var path: String? { rollout }
    func lastMessages(count: Int, turn: Turn?) throws -> [String] { [] }
    func messages() throws -> [LogMessage] { [] }
}
