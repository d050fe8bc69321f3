import JSON

/// A question that the agent asks its user, and that keeps its turn waiting.
public struct PendingQuestion: Sendable, Hashable {
    public struct Question: Sendable, Hashable {
        public let text: String
        /// A word or two that stand above it.
        public let header: String?
        public let options: [Option]
        /// Whether more than one option may be chosen.
        public let allowsSeveral: Bool
    }

    public struct Option: Sendable, Hashable {
        public let label: String
        public let description: String?
    }

    /// What became of the question.
    public enum Outcome: Sendable, Hashable {
        /// The answers by question, in order.
        case answered([Answer])
        /// Refused, or interrupted; with what the model was told.
        case declined(String)
    }

    public struct Answer: Sendable, Hashable {
        public let question: String
        public let answer: String
    }

    public let toolUseID: String
    public let toolName: String
    /// Usually one to four; empty when the tool's input has an unknown shape.
    public let questions: [Question]
    /// The tool's input as it stands.
    public let input: JSON
}

extension PendingQuestion {
    /// The tools that wait for a person, in lower case: Claude Code's own, and the names that the npm tool knows.
    static let toolNames: Set<String> = [
        "askuserquestion", "ask_user", "ask_human", "request_user_input", "requestuserinput",
    ]

    /// - Returns: `nil` when the call is no question.
    init?(_ call: ClaudeContentBlock.ToolUse) {
        guard Self.toolNames.contains(call.name.lowercased()) else { return nil }
        toolUseID = call.id
        toolName = call.name
        input = call.input
        questions = (call.input["questions"]?.array ?? [call.input]).compactMap(Question.init)
    }
}

extension PendingQuestion.Question {
    /// In the form of AskUserQuestion's input, Claude Code 2.1.329.
    init?(_ json: JSON) {
        guard let text = json["question"]?.string else { return nil }
        self.text = text
        header = json["header"]?.string
        allowsSeveral = json["multiSelect"]?.bool ?? false
        options = (json["options"]?.array ?? []).compactMap { option in
            guard let label = option["label"]?.string ?? option.string else { return nil }
            return PendingQuestion.Option(label: label, description: option["description"]?.string)
        }
    }
}
