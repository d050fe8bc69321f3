import JSON

/// Something an agent waits for a person (or a program) to decide: a permission, or the answers to its questions.
public struct PendingInput: Codable, Sendable, Hashable, Identifiable {
    public enum Kind: String, Codable, Sendable, Hashable {
        /// The agent asks one or more questions (`AskUserQuestion`).
        case question
        /// The agent asks whether it may use a tool.
        case permission
        /// The agent waits, and what for is known from its status alone.
        case other
    }

    /// Names this request among all of its session's; `respond` may name it.
    public let id: String
    public let kind: Kind
    /// The tool the agent wants to use, where it is known.
    public let tool: String?
    /// What the tool is to be called with, as the agent sent it.
    public let input: JSON?
    /// The questions of a `.question`, in the order in which they are asked.
    public let questions: [Question]
    /// Whether `respond` can answer it. Otherwise only a person at the terminal can (`attach`).
    public var answerable: Bool
    /// Whether the agent can be told to allow the like from now on without asking.
    public var allowsAlways: Bool?
    /// When it was seen first, in milliseconds since 1970.
    public let since: Int64

    public struct Question: Codable, Sendable, Hashable {
        public let text: String
        public let header: String?
        public let options: [Option]
        public let multiSelect: Bool

        public init(text: String, header: String?, options: [Option], multiSelect: Bool) {
            self.text = text
            self.header = header
            self.options = options
            self.multiSelect = multiSelect
        }
    }

    public struct Option: Codable, Sendable, Hashable {
        public let label: String
        public let description: String?

        public init(label: String, description: String?) {
            self.label = label
            self.description = description
        }
    }

    public init(
        id: String, kind: Kind, tool: String?, input: JSON?, questions: [Question], answerable: Bool,
        allowsAlways: Bool? = nil, since: Int64
    ) {
        self.id = id
        self.kind = kind
        self.tool = tool
        self.input = input
        self.questions = questions
        self.answerable = answerable
        self.allowsAlways = allowsAlways
        self.since = since
    }

    /// What a person reads: the questions with their options, or the tool and what it would do.
    public var summary: String {
        switch kind {
        case .question where !questions.isEmpty:
            return questions.map { question in
                ([question.text] + question.options.map { option in
                    "  - " + option.label + (option.description.map { ": \($0)" } ?? "")
                }).joined(separator: "\n")
            }.joined(separator: "\n")
        case .question, .permission, .other:
            guard let tool else { return "The agent waits for input." }
            guard let input else { return "The agent asks for permission to use \(tool)." }
            let detail = input["command"]?.string ?? input["file_path"]?.string ?? input.compact
            return "The agent asks for permission to use \(tool): \(detail)"
        }
    }
}

/// A caller's decision about a ``PendingInput``.
public enum InputResponse: Codable, Sendable, Hashable {
    case allow
    /// And the like, without asking, for as long as the session lasts.
    case allowAlways
    /// `message` tells the agent why.
    case deny(message: String?)
    /// One answer for each question, in their order: an option's label, or free text.
    case answer([String])
}
