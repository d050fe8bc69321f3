import Directives
import JSON

/// What the model and the program say.
extension Transcript {
    /// The fields that the blocks of one answer share.
    struct Answer {
        let identifier = Identifier.message()
        let request = Identifier.request()
        let model: String
        let stop: Reply.StopReason?
    }

    /// One block of an answer: each has an entry of its own.
    @discardableResult
    func add(_ block: JSON, at index: Int, of answer: Answer, isAborted: Bool = false) -> String {
        var entry: JSON.Object = [
            "message": [
                "id": .string(answer.identifier), "type": "message", "role": "assistant",
                "model": .string(answer.model), "content": [block],
                "stop_reason": isAborted ? .null : answer.stop.map { .string($0.rawValue) } ?? .null,
                "stop_sequence": nil, "usage": ["input_tokens": 100, "output_tokens": 5],
            ],
            "apiBlockIndex": JSON(index), "requestId": .string(answer.request), "type": "assistant",
        ]
        if isAborted { entry["isAbortedMidStream"] = true }
        entry["madeBy"] = "model"
        return add(entry)
    }

    /// What the program itself answers in the model's place.
    func addSynthetic(_ text: String, stop: String = "stop_sequence", error: JSON.Object = ["isApiErrorMessage": false]) {
        var entry: JSON.Object = [
            "type": "assistant",
            "message": [
                "id": .string(Identifier.unique()), "model": "<synthetic>", "role": "assistant",
                "stop_reason": .string(stop), "stop_sequence": "", "type": "message",
                "content": [["type": "text", "text": .string(text)]],
            ],
        ]
        for (key, value) in error { entry[key] = value }
        add(entry)
    }

    func addInformation(_ text: String, level: String = "warning") {
        add([
            "type": "system", "subtype": "informational", "content": .string(text), "isMeta": false,
            "level": .string(level),
        ])
    }

    func addRefusal() {
        add([
            "type": "system", "subtype": "model_refusal_no_fallback", "content": "", "level": "warning",
            "originalModel": "claude-opus-5-5", "isMeta": false,
        ])
    }

    /// The end of a turn that came to one.
    func addTurnDuration(milliseconds: Int, backgroundAgents: Int) {
        var entry: JSON.Object = [
            "type": "system", "subtype": "turn_duration", "durationMs": JSON(milliseconds),
            "messageCount": JSON(messageCount),
        ]
        if backgroundAgents > 0 { entry["pendingBackgroundAgentCount"] = JSON(backgroundAgents) }
        entry["isMeta"] = false
        add(entry)
    }

    func addStopHookSummary(_ results: [HookResult]) {
        add([
            "type": "system", "subtype": "stop_hook_summary", "hookCount": JSON(results.count),
            "hookInfos": .array(
                results.map { ["command": .string($0.command), "durationMs": JSON($0.milliseconds)] }),
            "hookErrors": .array(results.filter { $0.status != 0 }.map { .string($0.errors) }),
            "preventedContinuation": false, "stopReason": "", "hasOutput": false, "level": "suggestion",
            "toolUseID": .string(Identifier.unique()),
        ])
    }

    func addHookDecision(_ decision: String, of call: ToolCall) {
        add([
            "attachment": [
                "type": "hook_permission_decision", "decision": .string(decision),
                "toolUseID": .string(call.identifier), "hookEvent": "PermissionRequest",
            ],
            "type": "attachment",
        ])
    }

    func noteToolsUsed(_ tools: [String]) {
        note(["type": "tools-used", "tools": .array(tools.map(JSON.string)), "sessionId": .string(session)])
    }

    func noteCost() {
        note(["type": "cost-state", "sessionId": .string(session), "totalCostUSD": 0, "hasUnknownModelCost": false])
    }
}
