import JSON

/// What stands in the user's place.
extension Transcript {
    enum Source: String {
        case typed, queued, system
    }

    /// What a fresh file begins with, and what follows the end of each turn.
    func noteModes(_ mode: PermissionMode) {
        note(["type": "mode", "mode": "normal", "sessionId": .string(session)])
        note(["type": "permission-mode", "permissionMode": .string(mode.rawValue), "sessionId": .string(session)])
        note(["type": "atis-latch", "atis": "", "sessionId": .string(session)])
    }

    /// A message of the user, or a notification that stands in its place.
    func addPrompt(_ text: String, promptID: String, source: Source, mode: PermissionMode) {
        let isFirst = isNew
        let identifier = Identifier.unique()
        if isFirst { noteModes(mode) }
        if source != .system { promptIndex += 1 }
        note([
            "type": "file-history-snapshot", "messageId": .string(identifier),
            "snapshot": [
                "messageId": .string(identifier), "trackedFileBackups": [:], "timestamp": .string(WallClock.timestamp),
            ],
            "isSnapshotUpdate": false,
        ])
        add(
            [
                "promptId": .string(promptID), "type": "user",
                "message": ["role": "user", "content": .string(text)],
                "permissionMode": .string(mode.rawValue),
                "origin": ["kind": source == .system ? "task-notification" : "human"],
                "promptSource": .string(source.rawValue),
                "turnOrigin": source == .system ? "task_notification" : "human",
                "turnPosition": ["promptIndex": JSON(promptIndex), "turnIndex": JSON(turnIndex)],
            ], as: identifier)
        if isFirst { addFirstAttachments() }
        // A trap for readers that look at roles before they look at types: the real program writes it too.
        note([
            "type": "api-request-blob", "sessionId": .string(session), "hash": .string(Identifier.unique()),
            "message": ["role": "user", "content": [["type": "text", "text": .string(text)]]],
        ])
    }

    private func addFirstAttachments() {
        add([
            "attachment": [
                "type": "model", "identity": ["modelId": "claude-opus-5-5", "marketingName": "Opus 5.5"],
                "text": "You are powered by the model named Opus 5.5.",
            ],
            "type": "attachment",
        ])
        add(["attachment": ["type": "session_context", "context": [:]], "type": "attachment"])
    }

    /// A note of the program to the model, such as the request to go on after the token limit.
    ///
    /// Claude Code 2.1.329 also puts one before a notification.
    func addMetaPrompt(_ text: String, promptID: String) {
        add([
            "promptId": .string(promptID), "type": "user", "message": ["role": "user", "content": .string(text)],
            "isMeta": true, "turnCompanion": true,
        ])
    }

    /// A text in the user's place that no turn belongs to: local commands and their output.
    func addLocal(_ text: String, promptID: String, isMeta: Bool = false) {
        var entry: JSON.Object = [
            "promptId": .string(promptID), "type": "user", "message": ["role": "user", "content": .string(text)],
        ]
        if isMeta { entry["isMeta"] = true }
        add(entry)
    }

    /// The marker of an interrupted turn.
    func addInterruption(promptID: String, inTool: Bool, message: String?) {
        let text = inTool ? "[Request interrupted by user for tool use]" : "[Request interrupted by user]"
        var entry: JSON.Object = [
            "promptId": .string(promptID), "type": "user",
            "message": ["role": "user", "content": [["type": "text", "text": .string(text)]]],
        ]
        if let message { entry["interruptedMessageId"] = .string(message) }
        add(entry)
    }

    func addToolResult(_ result: ToolResult, of call: ToolCall, promptID: String) {
        var block: JSON.Object = ["tool_use_id": .string(call.identifier), "type": "tool_result", "content": result.content]
        if let isError = result.isError { block["is_error"] = .bool(isError) }
        var entry: JSON.Object = [
            "promptId": .string(promptID), "type": "user",
            "message": ["role": "user", "content": [.object(block)]], "toolUseResult": result.details,
        ]
        if let kind = result.denialKind { entry["toolDenialKind"] = .string(kind) }
        if result.isBeforeRun { entry["toolDenialBeforeRun"] = true }
        entry["sourceToolAssistantUUID"] = .string(call.entry)
        if let decision = result.decision { entry["permissionDecision"] = decision }
        add(entry)
    }

    /// A message that waited and was taken into the running turn.
    func addAbsorbed(_ text: String) {
        let identifier = Identifier.unique()
        let delivery = Identifier.unique()
        note([
            "type": "queue-operation", "operation": "remove", "timestamp": .string(WallClock.timestamp),
            "sessionId": .string(session), "content": .string(text), "reason": "absorbed_mid_turn",
            "commandUuid": .string(identifier), "deliveryId": .string(delivery),
        ])
        add([
            "attachment": [
                "type": "queued_command", "prompt": .string(text), "source_uuid": .string(identifier),
                "delivery_id": .string(delivery), "commandMode": "prompt", "origin": ["kind": "human"],
                "timestamp": .string(WallClock.timestamp), "humanTurn": true,
            ],
            "type": "attachment",
        ])
    }

    func noteQueue(_ operation: String, _ text: String? = nil) {
        var line: JSON.Object = [
            "type": "queue-operation", "operation": .string(operation), "timestamp": .string(WallClock.timestamp),
            "sessionId": .string(session),
        ]
        if let text { line["content"] = .string(text) }
        note(line)
    }

    func noteLastPrompt(_ text: String) {
        note([
            "type": "last-prompt", "lastPrompt": .string(text), "leafUuid": leaf.map(JSON.string) ?? .null,
            "sessionId": .string(session),
        ])
    }
}
