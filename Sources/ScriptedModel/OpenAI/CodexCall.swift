import Foundation
import JSON

/// A call of a tool of Codex 0.163.0: what directives ask for in terms of Claude Code's tools, and any other tool by
/// its own name.
struct CodexCall: Sendable {
    let name: String
    /// Of tools that are grouped.
    let namespace: String?
    /// A JSON object.
    let arguments: String

    init(_ tool: String, _ input: JSON) {
        var namespace: String?
        let arguments: JSON
        switch tool {
        case "Bash": (name, arguments) = ("exec_command", Self.command(input))
        case "Write": (name, arguments) = ("exec_command", Self.patch(input))
        case "AskUserQuestion": (name, arguments) = ("request_user_input", Self.questions(input))
        case "Agent":
            (name, arguments) = ("spawn_agent", ["message": input["prompt"] ?? ""])
            namespace = "multi_agent_v1"
        default: (name, arguments) = (tool, input)
        }
        self.namespace = namespace
        self.arguments = arguments.compact
    }

    /// Waits for the command as long as Codex lets it: what takes longer than 30 s goes on in the background.
    private static func command(_ input: JSON) -> JSON {
        var arguments: JSON = ["cmd": input["command"] ?? "", "yield_time_ms": 30_000]
        if input["dangerouslyDisableSandbox"]?.bool == true {
            arguments["sandbox_permissions"] = "require_escalated"
            arguments["justification"] = "May this run outside of the sandbox?"
        }
        return arguments
    }

    /// Codex recognises the command and makes a change of files out of it, with a question of its own.
    private static func patch(_ input: JSON) -> JSON {
        let lines = (input["content"]?.string ?? "").components(separatedBy: "\n").map { "+" + $0 + "\n" }.joined()
        let file = input["file_path"]?.string ?? ""
        let patch = "*** Begin Patch\n*** Add File: \(file)\n\(lines)*** End Patch"
        return ["cmd": .string("apply_patch <<'END_OF_PATCH'\n\(patch)\nEND_OF_PATCH\n")]
    }

    private static func questions(_ input: JSON) -> JSON {
        let questions: [JSON] = (input["questions"]?.array ?? []).map { question in
            [
                "id": .string((question["header"]?.string ?? "").lowercased()), "header": question["header"] ?? "",
                "question": question["question"] ?? "", "options": question["options"] ?? [],
            ]
        }
        return ["questions": .array(questions)]
    }
}
