import JSON

extension Conversation {
    /// Reads the `input` of an OpenAI Responses request of Codex 0.163.0; nil for anything else.
    init?(openAI request: JSON) {
        guard let input = request["input"]?.array else { return nil }
        var reader = CodexInput()
        for item in input { reader.read(item) }
        items = reader.items
        promptIdentifiers = reader.promptIdentifiers
    }
}

/// Reads the items of a request of Codex 0.163.0, one after the other.
private struct CodexInput {
    private(set) var items: [Conversation.Item] = []
    private(set) var promptIdentifiers: [String] = []
    private var goal: (objective: String, turn: Int)?
    /// The results of an answer's calls stand where the calls stand: what the user said while they ran is newer.
    private var resultsOfAnswers: [String: Results] = [:]

    private struct Results {
        let index: Int
        var texts: [Int: String] = [:]
    }

    mutating func read(_ item: JSON) {
        switch item["type"]?.string {
        case "message" where item["role"]?.string == "user":
            for (index, part) in (item["content"]?.array ?? []).enumerated() {
                read(part["text"]?.string ?? "", identifier: "\(item["id"]?.string ?? "")/\(index)")
            }
        case "message" where item["role"]?.string == "assistant": items.append(.answer)
        case "function_call": readCall(item)
        case "function_call_output": readResult(item)
        default: break
        }
    }

    private mutating func read(_ text: String, identifier: String) {
        switch CodexText(text) {
        case .prompt:
            items.append(.prompt(text))
            promptIdentifiers.append(identifier)
        case .goal(let objective):
            let turn = goal?.objective == objective ? goal.map { $0.turn + 1 } ?? 1 : 1
            goal = (objective, turn)
            items.append(.goal(objective: objective, turn: turn))
        case .remark(let remark): items.append(.remark(remark))
        case .context: break
        }
    }

    private mutating func readCall(_ item: JSON) {
        if item["name"]?.string == "update_goal" { goal = nil }
        guard let call = CallIdentifier(item["call_id"]?.string ?? ""), resultsOfAnswers[call.answer] == nil else { return }
        items.append(.answer)
        resultsOfAnswers[call.answer] = Results(index: items.count)
        items.append(.toolResults([]))
    }

    private mutating func readResult(_ item: JSON) {
        guard let call = CallIdentifier(item["call_id"]?.string ?? ""), var results = resultsOfAnswers[call.answer] else {
            return
        }
        results.texts[call.position] = Self.text(ofResult: item["output"] ?? nil)
        resultsOfAnswers[call.answer] = results
        items[results.index] = .toolResults(results.texts.sorted { $0.key < $1.key }.map(\.value))
    }

    private static func text(ofResult output: JSON) -> String {
        let text = output.string ?? (output.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
        return printed(text[...])
    }

    /// What a command printed stands behind lines about its process and the time that it took.
    private static func printed(_ text: Substring) -> String {
        guard ["Chunk ID: ", "Wall time: ", "Exit code: "].contains(where: text.hasPrefix),
            let heading = text.firstRange(of: "\nOutput:\n")
        else { return String(text) }
        let rest = text[heading.upperBound...]
        return printed(rest.last == "\n" ? rest.dropLast() : rest)
    }
}
