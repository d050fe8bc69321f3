import JSON

/// One entry of a Codex rollout: the raw JSON, and the fields that are known under their names.
///
/// Observed on codex-cli 0.163.0, whose threads are "paginated" unless asked for in the older "legacy" form; what older
/// versions write is the latter.
public struct CodexEntry: TranscriptEntry, Hashable {
    /// Everything that stands in the line.
    public let json: JSON
    public let type: CodexEntryType

    public init(_ json: JSON) {
        self.json = json
        type = CodexEntryType(json["type"]?.string ?? "")
    }

    public init(line: ArraySlice<UInt8>) throws(TranscriptError) {
        let json: JSON
        do {
            json = try JSON(parsing: line)
        } catch {
            throw TranscriptError(.malformedLine, doing: "reading a rollout's line", cause: error)
        }
        guard json.object != nil else {
            throw TranscriptError(.malformedLine, doing: "reading a rollout's line that is no object")
        }
        self.init(json)
    }

    /// Countings of tokens and states of the surroundings are many, and no turn needs them.
    public static func isIgnorable(line: ArraySlice<UInt8>) -> Bool {
        guard let name = CodexEntryType.name(in: line) else { return false }
        switch CodexEntryType(String(decoding: name, as: UTF8.self)) {
        case .tokenUsage, .worldState: return true
        case .event: return line[name.endIndex...].starts(with: #"","payload":{"type":"token_count""#.utf8)
        default: return false
        }
    }
}

extension CodexEntry {
    /// ISO 8601, UTC, with milliseconds.
    public var timestamp: String? { json["timestamp"]?.string }
    /// The place in the thread's history, from 0; legacy rollouts have none.
    public var ordinal: Int? { json["ordinal"]?.int }
    public var payload: JSON? { json["payload"] }
    /// Of a response item: where it came from.
    public var metadata: JSON? { json["metadata"] }

    public var sessionMeta: CodexSessionMeta? { type == .sessionMeta ? payload?.object.map(CodexSessionMeta.init) : nil }
    public var event: CodexEvent? { type == .event ? payload.map(CodexEvent.init) : nil }
    public var responseItem: CodexResponseItem? { type == .responseItem ? payload.map(CodexResponseItem.init) : nil }

    /// Of a turn's settings, or a response item: which turn it belongs to.
    public var turnID: String? {
        switch type {
        case .responseItem: payload?["internal_chat_message_metadata_passthrough"]?["turn_id"]?.string
        default: payload?["turn_id"]?.string
        }
    }
}
