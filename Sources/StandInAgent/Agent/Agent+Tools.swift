import EventLoop
import JSON

extension Agent {
    /// Makes the calls of one message, one after the other, and returns what the model is told.
    /// - Throws: `CancellationError` when the turn is over.
    func use(_ calls: [ToolCall], in turn: Turn) async throws -> [String] {
        var texts: [String] = []
        for call in calls {
            turn.stage = .inTool(call)
            let result = await result(of: call, in: turn)
            transcript.addToolResult(result, of: call, promptID: turn.promptID)
            if result.endsTurn { throw CancellationError() }
            texts.append(result.text)
            try Task.checkCancellation()
        }
        turn.stage = .beforeAnswer
        return texts
    }

    private func result(of call: ToolCall, in turn: Turn) async -> ToolResult {
        var call = call
        var fields = workFields
        fields["tool_name"] = .string(call.name)
        fields["tool_input"] = call.input
        fields["tool_use_id"] = .string(call.identifier)
        let before = await fire("PreToolUse", tool: call.name, fields)
        if Task.isCancelled { return .rejected }
        if let denial = before.first(where: { $0.permissionDecision == "deny" || $0.isRefusal }) {
            return .denied(by: "PreToolUse", "PreToolUse:\(call.name) hook error: \(denial.permissionReason)")
        }
        let allowance = before.first { $0.permissionDecision == "allow" }
        if let input = allowance?.updatedInput { call.input = input }
        guard var result = await permitted(call, isAllowed: allowance != nil, in: turn) else {
            var rejected = ToolResult.rejected
            rejected.isBeforeRun = true
            return rejected
        }
        if result.denialKind == nil {
            fields["tool_input"] = call.input
            fields["tool_response"] = result.details
            let event = result.isError == true ? "PostToolUseFailure" : "PostToolUse"
            _ = await fire(event, tool: call.name, fields)
        }
        if Task.isCancelled, phase != .ending { result = .rejected }
        return result
    }

    /// The result of a call, or nil when the person refuses it.
    private func permitted(_ call: ToolCall, isAllowed: Bool, in turn: Turn) async -> ToolResult? {
        if call.name == "AskUserQuestion" { return await ask(call, in: turn) }
        guard !isAllowed, permissionMode.asksBefore(call.name), !allowedTools.contains(call.name) else {
            return await run(call, in: turn, decision: ["decision": "accept", "source": "config", "reasonType": "mode"])
        }
        let byPerson: JSON = [
            "decision": "accept", "source": "user_temporary", "grantScope": "once", "reasonCode": "unknown",
        ]
        switch await verdict(on: call, as: .permission(call), in: turn) {
        case .rejected, .answered: return nil
        case .allowed: break
        case .alwaysAllowed: allowedTools.insert(call.name)
        case .switchedToAutomatic: permissionMode = .automatic
        case .decidedByHook(let hook):
            transcript.addHookDecision(hook.requestDecision ?? "", of: call)
            if hook.requestDecision == "deny" { return .denied(by: "PermissionRequest", hook.requestMessage) }
            var call = call
            if let input = hook.updatedInput { call.input = input }
            return await run(
                call, in: turn,
                decision: ["decision": "accept", "source": "hook", "reasonType": "hook", "reasonCode": "unknown"])
        }
        return await run(call, in: turn, decision: byPerson)
    }

    private func ask(_ call: ToolCall, in turn: Turn) async -> ToolResult? {
        if let answers = call.input["answers"]?.object {
            return answered(call, answers, isFree: false, source: "hook")
        }
        let form = QuestionForm(call.input)
        switch await verdict(on: call, as: .question(form), in: turn) {
        case .answered(let answers):
            let pairs = JSON.Object(answers.map { ($0.question, JSON.string($0.text)) })
            return answered(call, pairs, isFree: answers.contains(where: \.isFree), source: "user_temporary")
        case .decidedByHook(let hook):
            transcript.addHookDecision(hook.requestDecision ?? "", of: call)
            if hook.requestDecision == "deny" { return .denied(by: "PermissionRequest", hook.requestMessage) }
            return answered(call, hook.updatedInput?["answers"]?.object ?? [:], isFree: false, source: "hook")
        case .rejected, .allowed, .alwaysAllowed, .switchedToAutomatic: return nil
        }
    }

    private func answered(_ call: ToolCall, _ answers: JSON.Object, isFree: Bool, source: String) -> ToolResult {
        let list = answers.map { "\"\($0.key)\"=\"\($0.value.string ?? $0.value.compact)\"" }.joined(separator: ", ")
        let text =
            isFree
            ? "The user answered: \(list). Read the answers carefully — they may request clarification, changes, or that you not proceed — and follow what they actually say."
            : "Your questions have been answered: \(list). You can now continue with these answers in mind."
        return ToolResult(
            content: .string(text),
            details: ["questions": call.input["questions"] ?? [], "answers": .object(answers), "annotations": [:]],
            decision: ["decision": "accept", "source": .string(source), "reasonCode": "unknown"])
    }

    private func run(_ call: ToolCall, in turn: Turn, decision: JSON) async -> ToolResult {
        var result =
            switch call.name {
            case "Bash": await bash(call.input["command"]?.string ?? "")
            case "Write": write(call.input["content"]?.string ?? "", to: call.input["file_path"]?.string ?? "")
            case "Agent": launchSubagent(call, in: turn)
            default: unknown(call.name)
            }
        if result.denialKind == nil { result.decision = decision }
        return result
    }

    private func bash(_ command: String) async -> ToolResult {
        guard let output = try? await shell(command) else {
            guard phase == .ending else { return .rejected }
            return ToolResult(content: "Exit code 137", isError: true, details: "Error: Exit code 137")
        }
        let failed = output.status != 0
        let text = [output.stdout, output.stderr].filter { !$0.isEmpty }.joined(separator: "\n")
        let content = failed ? "Exit code \(output.status)\n" + text : text
        return ToolResult(
            content: .string(content.isEmpty ? "(Bash completed with no output)" : content), isError: failed,
            details: failed
                ? .string("Error: " + content)
                : [
                    "stdout": .string(output.stdout), "stderr": .string(output.stderr), "interrupted": false,
                    "isImage": false, "noOutputExpected": false,
                ])
    }

    /// Runs a command to its end; a cancelled task ends it with everything that it started.
    func shell(_ command: String) async throws -> (status: Int32, stdout: String, stderr: String) {
        var options = ChildProcess.Options(
            executable: "/bin/sh", arguments: ["-c", command], environment: childEnvironment, directory: directory)
        options.newSession = true
        let (exit, output, errors) = try await ChildProcess.output(
            on: loop, options, limit: 16 << 20, timeout: .seconds(600))
        return (
            exit.signal == 0 ? exit.status : 128 + exit.signal, Self.withoutLastLineBreak(output),
            Self.withoutLastLineBreak(errors)
        )
    }

    private static func withoutLastLineBreak(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    private func write(_ text: String, to path: String) -> ToolResult {
        do {
            try System.replace(path, with: Array(text.utf8))
            return ToolResult(
                content: .string("File created successfully at: \(path)"),
                details: ["type": "create", "filePath": .string(path), "content": .string(text)])
        } catch {
            return ToolResult(content: .string("\(error)"), isError: true, details: .string("Error: \(error)"))
        }
    }

    private func unknown(_ name: String) -> ToolResult {
        let text: JSON = .string("<tool_use_error>Error: No such tool available: \(name)</tool_use_error>")
        return ToolResult(content: text, isError: true, details: text)
    }
}
