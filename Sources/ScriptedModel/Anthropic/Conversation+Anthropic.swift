import JSON

extension Conversation {
    /// Reads the `messages` of an Anthropic Messages request; nil for anything else.
    init?(anthropic request: JSON) {
        guard let messages = request["messages"]?.array else { return nil }
        var items: [Item] = []
        var calls: [String] = []
        for message in messages {
            let blocks = Self.blocks(of: message)
            switch message["role"]?.string {
            case "assistant":
                items.append(.answer)
                calls = blocks.compactMap { $0["id"]?.string }
            case "system": items += blocks.flatMap { Self.messagesWhileWorking(in: Self.text(of: $0)) }
            default: items += Self.items(ofUser: blocks, calls: calls)
            }
        }
        self.items = items
    }

    private static func blocks(of value: JSON) -> [JSON] {
        value["content"]?.array ?? [["type": "text", "text": value["content"] ?? ""]]
    }

    private static func text(of block: JSON) -> String { block["text"]?.string ?? "" }

    /// - Parameter calls: the calls of the message before; results come in the order in which tools ended.
    private static func items(ofUser content: [JSON], calls: [String]) -> [Item] {
        func position(_ result: JSON) -> Int {
            calls.firstIndex { $0 == result["tool_use_id"]?.string } ?? calls.count
        }
        let results = content.filter { $0["type"]?.string == "tool_result" }
            .sorted { position($0) < position($1) }
            .map { blocks(of: $0).map(text).joined(separator: "\n") }
        let texts = content.enumerated().filter { $0.element["type"]?.string == "text" }
            .flatMap { index, block in items(ofText: text(of: block), isLast: index == content.count - 1) }
        return results.isEmpty ? texts : [.toolResults(results)] + texts
    }

    private static func items(ofText text: String, isLast: Bool) -> [Item] {
        let start = text.drop { $0.isWhitespace }
        if start.hasPrefix("<system-reminder>") || start.hasPrefix(whileWorkingOpening) {
            return messagesWhileWorking(in: text)
        }
        if let remark = Remark(anthropic: start) { return [.remark(remark)] }
        // Claude Code joins consecutive messages of the user into one and ends each but the last with a line break.
        return [.prompt(!isLast && text.utf8.last == UInt8(ascii: "\n") ? String(text.unicodeScalars.dropLast()) : text)]
    }

    private static let whileWorkingOpening = "The user sent a new message while you were working:\n"
    private static let whileWorkingClosing = "\n\nThis is how Claude Code surfaces messages"

    /// A message that was sent while a tool ran stands inside a text of the program's own.
    private static func messagesWhileWorking(in text: String) -> [Item] {
        var items: [Item] = []
        var rest = text.utf8[...]
        while let opening = rest.firstRange(of: whileWorkingOpening.utf8) {
            rest = rest[opening.upperBound...]
            let end = rest.firstRange(of: whileWorkingClosing.utf8)?.lowerBound ?? rest.endIndex
            items.append(.prompt(String(Substring(rest[..<end]))))
            rest = rest[end...]
        }
        return items
    }
}
