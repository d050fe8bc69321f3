import JSON

/// A hook's payload: what Claude wrote to its stdin.
///
/// Observed with Claude Code 2.1.329 (`Tests/SessionsTests/Fixtures/claude-hooks`).
struct ClaudeHook: Sendable {
    enum Event: Sendable, Hashable {
        /// `source` is `startup`, `resume`, `clear` or `compact`.
        case sessionStart(source: String)
        case userPromptSubmit(prompt: String)
        case permissionRequest(tool: String, input: JSON)
        case stop
        case stopFailure(error: String)
        case sessionEnd(reason: String)
        case other(String)
    }

    let conversation: String
    let transcript: String?
    let promptID: String?
    /// Nil in the main conversation.
    let subagent: String?
    let event: Event

    init?(_ payload: JSON) {
        guard let name = payload["hook_event_name"]?.string, let conversation = payload["session_id"]?.string else {
            return nil
        }
        self.conversation = conversation
        transcript = payload["transcript_path"]?.string
        promptID = payload["prompt_id"]?.string
        subagent = payload["agent_id"]?.string
        event = switch name {
        case "SessionStart": .sessionStart(source: payload["source"]?.string ?? "startup")
        case "UserPromptSubmit": .userPromptSubmit(prompt: payload["prompt"]?.string ?? "")
        case "PermissionRequest":
            .permissionRequest(tool: payload["tool_name"]?.string ?? "", input: payload["tool_input"] ?? .null)
        case "Stop": .stop
        case "StopFailure": .stopFailure(error: payload["error"]?.string ?? "unknown")
        case "SessionEnd": .sessionEnd(reason: payload["reason"]?.string ?? "other")
        default: .other(name)
        }
    }
}

/// What a `PermissionRequest` hook prints.
enum ClaudeDecision {
    /// - Parameter suggestions: what Claude offered to allow from now on (`permission_suggestions`).
    static func output(for response: InputResponse, to request: PendingInput, suggestions: [JSON] = []) -> JSON {
        var decision: JSON.Object
        switch response {
        case .allow:
            decision = ["behavior": "allow"]
        case .allowAlways:
            decision = ["behavior": "allow", "updatedPermissions": .array(suggestions)]
        case .deny(let message):
            decision = ["behavior": "deny"]
            if let message { decision["message"] = .string(message) }
        case .answer(let answers):
            var input = request.input?.object ?? [:]
            var given: JSON.Object = [:]
            for (question, answer) in zip(request.questions, answers) {
                given[question.text] = .string(answer)
            }
            input["answers"] = .object(given)
            decision = ["behavior": "allow", "updatedInput": .object(input)]
        }
        return [
            "hookSpecificOutput": ["hookEventName": "PermissionRequest", "decision": .object(decision)]
        ]
    }

    /// The questions of an `AskUserQuestion` call.
    static func questions(in input: JSON) -> [PendingInput.Question] {
        (input["questions"]?.array ?? []).map { question in
            PendingInput.Question(
                text: question["question"]?.string ?? "",
                header: question["header"]?.string,
                options: (question["options"]?.array ?? []).map {
                    .init(label: $0["label"]?.string ?? "", description: $0["description"]?.string)
                },
                multiSelect: question["multiSelect"]?.bool ?? false)
        }
    }
}
