import JSON

/// What of a transcript does not depend on names, times and texts: which entries follow each other.
struct TranscriptShape: Equatable {
    /// The entries of the conversation, one short description each.
    let conversation: [String]
    /// The operations on the queue; they are not written in order with the conversation.
    let queue: [String]
    /// The fields of the entries of each description, all taken together.
    private let fields: [String: Set<String>]

    init(_ entries: [JSON]) {
        conversation = entries.compactMap(Self.description)
        queue = entries.compactMap { entry in
            entry["type"]?.string == "queue-operation" ? entry["operation"]?.string : nil
        }
        fields = entries.reduce(into: [:]) { fields, entry in
            guard let description = Self.description(entry) else { return }
            fields[description, default: []].formUnion(entry.object?.keys ?? [])
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.conversation == right.conversation && left.queue == right.queue
    }

    /// Fields that entries here have and the corresponding entries of `recording` have not.
    func fields(unknownTo recording: TranscriptShape) -> [String: Set<String>] {
        fields.reduce(into: [:]) { unknown, entry in
            let more = entry.value.subtracting(recording.fields[entry.key] ?? [])
            if !more.isEmpty { unknown[entry.key] = more }
        }
    }

    private static func description(_ entry: JSON) -> String? {
        switch entry["type"]?.string {
        case "user": "user " + user(entry)
        case "assistant": "assistant " + assistant(entry)
        case "system": "system " + (entry["subtype"]?.string ?? "")
        case "attachment":
            ["queued_command", "hook_permission_decision"].first { $0 == entry["attachment"]?["type"]?.string }
        default: nil
        }
    }

    private static func user(_ entry: JSON) -> String {
        if let source = entry["promptSource"]?.string { return source }
        if entry["isCompactSummary"] != nil { return "summary" }
        if entry["isMeta"]?.bool == true { return "meta" }
        let content = entry["message"]?["content"]
        if let block = content?[0], block["type"]?.string == "tool_result" {
            let words = [
                block["is_error"]?.bool == true ? "error" : nil, entry["toolDenialKind"]?.string,
                entry["permissionDecision"]?["source"]?.string,
            ]
            return (["result"] + words.compactMap(\.self)).joined(separator: " ")
        }
        let text = content?.string ?? content?[0]?["text"]?.string ?? ""
        return String(text.prefix { $0 != ">" && $0 != "]" })
    }

    private static func assistant(_ entry: JSON) -> String {
        let message = entry["message"]
        let words = [
            message?["content"]?[0]?["type"]?.string, message?["content"]?[0]?["name"]?.string,
            message?["stop_reason"]?.string, message?["model"]?.string == "<synthetic>" ? "synthetic" : nil,
            entry["isAbortedMidStream"]?.bool == true ? "aborted" : nil,
            entry["isApiErrorMessage"]?.bool == true ? "error" : nil,
        ]
        return words.compactMap(\.self).joined(separator: " ")
    }
}
