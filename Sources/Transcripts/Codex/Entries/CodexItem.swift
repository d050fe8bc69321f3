import JSON

/// What a turn consists of, as a paginated rollout holds it when it is complete.
public enum CodexItem: Sendable, Hashable {
    case userMessage(Message)
    case agentMessage(Message)
    /// A command, a change of files, a plan, a compaction, …, with its type's name.
    case other(String, JSON)

    public struct Message: Sendable, Hashable {
        public let id: String?
        /// What its sender called it (`clientUserMessageId`).
        public let clientID: String?
        /// Its blocks of text, joined by blank lines; empty when there is none, but pictures perhaps.
        public let text: String
    }

    public init(_ json: JSON) {
        switch json["type"]?.string {
        case "UserMessage": self = .userMessage(Message(json))
        case "AgentMessage": self = .agentMessage(Message(json))
        case let type: self = .other(type ?? "", json)
        }
    }
}

extension CodexItem.Message {
    init(_ json: JSON) {
        id = json["id"]?.string
        clientID = json["client_id"]?.string
        let blocks = (json["content"]?.array ?? []).compactMap { $0["text"]?.string }
        text = blocks.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
