import JSON

/// One request as it arrived.
public struct RecordedRequest: Sendable {
    /// 0 for the first request to the server.
    public let index: Int
    public let method: String
    /// Path and query.
    public let target: String
    /// Names in lower case, in the order of arrival.
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    /// The moment at which the whole body was there.
    public let received: ContinuousClock.Instant
    /// What the user asked, if the body is a conversation.
    public let conversation: Conversation?

    init(index: Int, method: String, target: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.index = index
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        received = .now
        conversation = (try? JSON(parsing: body)).flatMap { Conversation(anthropic: $0) ?? Conversation(openAI: $0) }
    }

    public subscript(header name: String) -> String? {
        headers.first { $0.name == name }?.value
    }

    /// The agent session that sent it, which the agent names in a header: of Claude Code 2.1.329 its session, of
    /// Codex 0.163.0 its thread.
    public var session: String? { Self.sessionHeaders.lazy.compactMap { self[header: $0] }.first }

    static let sessionHeaders = ["x-claude-code-session-id", "thread-id"]

    /// Whether a sub-agent of the session sent it.
    public var isFromSubagent: Bool {
        self[header: "x-claude-code-agent-id"] != nil || self[header: "x-openai-subagent"] != nil
    }

    /// The newest message of the user in it.
    public var prompt: String? { conversation?.prompts.last }
}
