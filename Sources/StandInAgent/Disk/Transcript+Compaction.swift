import JSON

/// What `/compact` leaves behind.
extension Transcript {
    func addCompaction(promptID: String, milliseconds: Int) {
        let parent = leaf.map(JSON.string) ?? .null
        let metadata: JSON = [
            "trigger": "manual", "preTokens": 13832, "postTokens": 2825, "durationMs": JSON(milliseconds),
        ]
        add(
            [
                "logicalParentUuid": parent, "type": "system", "subtype": "compact_boundary",
                "content": "Conversation compacted", "level": "info", "compactMetadata": metadata,
            ], isRoot: true)
        add([
            "promptId": .string(promptID), "type": "user",
            "message": [
                "role": "user",
                "content":
                    "This session is being continued from a previous conversation that ran out of context. The summary below covers the earlier portion of the conversation.\n\nscripted",
            ],
            "isVisibleInTranscriptOnly": true, "isCompactSummary": true,
        ])
        addLocal(
            "<local-command-caveat>The command below was run directly in Claude Code, not sent to you as a request, and its output goes straight to the user. It's recorded here as context for later messages.</local-command-caveat>",
            promptID: promptID, isMeta: true)
        addLocal(
            "<command-name>/compact</command-name>\n            <command-message>compact</command-message>\n            <command-args></command-args>",
            promptID: promptID)
        addLocal(
            "<local-command-stdout>\u{1b}[2mCompacted (ctrl+o to see full summary)\u{1b}[22m</local-command-stdout>",
            promptID: promptID)
    }
}
