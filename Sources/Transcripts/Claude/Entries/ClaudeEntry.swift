import JSON

/// One entry of a Claude Code transcript: the raw JSON, and the fields that are known under their names.
///
/// Observed on Claude Code 2.1.329; older versions lack fields, which are then `nil` or false.
public struct ClaudeEntry: TranscriptEntry, Hashable {
    /// Everything that stands in the line.
    public let json: JSON
    public let type: ClaudeEntryType

    public init(_ json: JSON) {
        self.json = json
        type = ClaudeEntryType(json["type"]?.string ?? "")
    }

    public init(line: ArraySlice<UInt8>) throws(TranscriptError) {
        let json: JSON
        do {
            json = try JSON(parsing: line)
        } catch {
            throw TranscriptError(.malformedLine, doing: "reading a transcript's line", cause: error)
        }
        guard json.object != nil else {
            throw TranscriptError(.malformedLine, doing: "reading a transcript's line that is no object")
        }
        self.init(json)
    }

    /// The records of requests are the bulk of a transcript's bytes, and no turn needs them.
    public static func isIgnorable(line: ArraySlice<UInt8>) -> Bool {
        line.starts(with: #"{"type":"api-request"#.utf8) || line.starts(with: #"{"type":"file-history-snapshot""#.utf8)
    }
}

// MARK: Every conversational entry

extension ClaudeEntry {
    public var uuid: String? { json["uuid"]?.string }
    public var parentUUID: String? { json["parentUuid"]?.string }
    public var sessionID: String? { json["sessionId"]?.string }
    /// ISO 8601, UTC, with milliseconds.
    public var timestamp: String? { json["timestamp"]?.string }
    /// The version of the program that wrote the entry.
    public var version: String? { json["version"]?.string }
    public var directory: String? { json["cwd"]?.string }
    /// Written by the program, not by a person; shown to the model.
    public var isMeta: Bool { flag("isMeta") }
    /// Part of a sub-agent's conversation. Older versions kept those in the main file.
    public var isSidechain: Bool { flag("isSidechain") }
    public var subtype: String? { json["subtype"]?.string }
    public var message: ClaudeMessage? { json["message"]?.object.map(ClaudeMessage.init) }

    func flag(_ key: String) -> Bool { json[key]?.bool ?? false }
}

// MARK: User

extension ClaudeEntry {
    /// Equal to the `prompt_id` that hooks are given.
    public var promptID: String? { json["promptId"]?.string }
    /// `typed`, `queued`, `system`, …; absent for tool results, local commands and older versions.
    public var promptSource: String? { json["promptSource"]?.string }
    /// `human`, `task-notification`, `peer`, …
    public var originKind: String? { json["origin"]?["kind"]?.string }
    /// The summary that stands at the start of a compacted conversation.
    public var isCompactSummary: Bool { flag("isCompactSummary") }
    public var interruptedMessageID: String? { json["interruptedMessageId"]?.string }
    /// `user-rejected`, `permission-rule`, `interrupted` (the process ended before the tool's result was known), …
    public var toolDenialKind: String? { json["toolDenialKind"]?.string }
    /// The tool had not run yet: a permission dialog or a question was escaped.
    public var isToolDenialBeforeRun: Bool { flag("toolDenialBeforeRun") }
    /// What the tool returned, as its own structure; for a question `answers` by question.
    public var toolUseResult: JSON? { json["toolUseResult"] }
    /// `decision` accept or reject, and its `source`.
    public var permissionDecision: JSON? { json["permissionDecision"] }
}

// MARK: Assistant

extension ClaudeEntry {
    /// The program reports a failed request in the assistant's place.
    public var isAPIErrorMessage: Bool { flag("isApiErrorMessage") }
    /// The HTTP status, when there was a response.
    public var apiErrorStatus: Int? { json["apiErrorStatus"]?.int }
    /// The API's own word, such as `overloaded_error`.
    public var apiErrorType: String? { json["apiErrorType"]?.string }
    /// The program's word, such as `server_error` or `invalid_request`.
    public var error: String? { json["error"]?.string }
    /// The stream was interrupted; the text is what had arrived.
    public var isAbortedMidStream: Bool { flag("isAbortedMidStream") }
    /// Made up by the program (`"<synthetic>"`), and no report of an API error: "No response requested." and the like.
    public var isSyntheticFiller: Bool { message?.model == "<synthetic>" && !isAPIErrorMessage }
}

// MARK: System

extension ClaudeEntry {
    /// The text of a system entry, and of an `enqueue` or `remove` in a queue operation.
    public var content: String? { json["content"]?.string }
    /// `turn_duration`: how long the turn took, without the time that dialogs waited.
    public var duration: Duration? { json["durationMs"]?.double.map { .milliseconds($0) } }
    /// `turn_duration`: agents that still work when the turn has ended; absent when there is none.
    public var pendingBackgroundAgentCount: Int? { json["pendingBackgroundAgentCount"]?.int }
    /// `compact_boundary`: trigger and numbers of tokens.
    public var compactMetadata: JSON? { json["compactMetadata"] }
}

// MARK: Queue operations and attachments

extension ClaudeEntry {
    /// `enqueue`, `dequeue`, `remove`; older versions also `popAll`.
    public var operation: String? { json["operation"]?.string }
    /// Of a `remove`: `absorbed_mid_turn` when the running turn took the message.
    public var reason: String? { json["reason"]?.string }
    /// Of an absorbed message: the `source_uuid` of its attachment.
    public var commandUUID: String? { json["commandUuid"]?.string }
    public var attachment: JSON? { json["attachment"] }
    public var attachmentType: String? { attachment?["type"]?.string }
}
