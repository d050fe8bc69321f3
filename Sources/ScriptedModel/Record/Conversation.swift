/// A conversation as an API request carries it, told apart by who speaks.
public struct Conversation: Sendable, Hashable {
    public enum Item: Sendable, Hashable {
        /// A message of the user.
        case prompt(String)
        /// The agent program asks to work on the user's goal, for the `turn`th time (from 1).
        case goal(objective: String, turn: Int)
        /// Something that the agent program says in the user's place.
        case remark(Remark)
        /// The results of the tool calls of one message.
        case toolResults([String])
        case answer
    }

    public let items: [Item]
    /// Of each of `prompts`, what tells it from another with the same text; empty when the agent does not tell.
    public var promptIdentifiers: [String] = []

    /// The messages of the user, oldest first.
    public var prompts: [String] {
        items.compactMap { if case .prompt(let text) = $0 { text } else { nil } }
    }

    /// What the model is to react to: the newest message, goal or remark, and the tool results that came after it.
    var newest: (item: Item, toolResults: [[String]])? {
        var results: [[String]] = []
        for item in items.reversed() {
            switch item {
            case .prompt, .goal, .remark: return (item, results.reversed())
            case .toolResults(let texts): results.append(texts)
            case .answer: continue
            }
        }
        return nil
    }
}
