/// What kind of entry a line of a Codex rollout is.
public enum CodexEntryType: Sendable, Hashable {
    /// The thread's settings; always first. In a thread that was forked, the settings of its source may follow.
    case sessionMeta
    /// A turn's settings.
    case turnContext
    /// What the model was told of its surroundings.
    case worldState
    /// What was sent to the model or came from it: messages, tools' calls and results, reasoning.
    case responseItem
    /// What happened, for those who show it.
    case event
    case tokenUsage
    /// The model's context was replaced by a summary.
    case compacted
    /// Anything else, of later versions.
    case other(String)

    init(_ name: String) {
        switch name {
        case "session_meta": self = .sessionMeta
        case "turn_context": self = .turnContext
        case "world_state": self = .worldState
        case "response_item": self = .responseItem
        case "event_msg": self = .event
        case "token_usage_record": self = .tokenUsage
        case "compacted": self = .compacted
        default: self = .other(name)
        }
    }
}

extension CodexEntryType {
    /// From a line's first bytes, in the order of fields in which Codex writes them; nil when they stand otherwise.
    init?(peekingAt line: ArraySlice<UInt8>) {
        guard let name = Self.name(in: line) else { return nil }
        self.init(String(decoding: name, as: UTF8.self))
    }

    /// What the type's name is in a line, and where it ends.
    static func name(in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let key = #","type":""#.utf8
        guard line.first == UInt8(ascii: "{") else { return nil }
        // What stands behind another brace is of an object inside.
        let own = line.prefix(128).dropFirst().prefix { $0 != UInt8(ascii: "{") }
        // Every line is looked at: `firstRange(of:)` takes eighty times as long (Swift 6.3.1).
        let start = own.indices.first { own[$0] == key.first && own[$0...].starts(with: key) }
        guard let name = start.map({ line[$0...].dropFirst(key.count).prefix(64) }),
              let end = name.firstIndex(of: UInt8(ascii: "\""))
        else { return nil }
        return name[..<end]
    }
}
