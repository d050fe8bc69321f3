import JSON

extension Directive {
    /// The model's answer.
    /// - Parameters:
    ///   - toolResults: the results of the calls made since the message, one element for each message of results.
    ///   - failures: how often the message has failed already.
    ///   - goalTurn: for a goal's objective: which of its turns this is, from 1.
    public func reply(toolResults: [[String]] = [], failures: Int = 0, goalTurn: Int = 1) -> Reply {
        if case .error(let status, let times, let next) = self {
            if let times, failures >= times { return next.reply(toolResults: toolResults) }
            return .failure(status: status)
        }
        if case .goal(let turns, let each) = self {
            if goalTurn >= turns {
                return toolResults.isEmpty
                    ? Self.calls([.toolUse(name: "update_goal", input: ["status": "complete"])]) : .text("goal finished")
            }
            if case .echo = each { return .text("goal step \(goalTurn)") }
            return each.reply(toolResults: toolResults, failures: failures)
        }
        if case .sequence = self, toolResults.count == 1 { return Self.calls([Self.bash("echo two", "second")]) }
        if let last = toolResults.last { return .text("tool done: " + last.joined(separator: " | ")) }
        return first
    }

    private var first: Reply {
        switch self {
        case .say(let text): .text(text)
        case .length(let count): .text(Self.filler(count))
        case .slow(let text, let time): Self.paced(text, over: time)
        case .think(let text): .message(.init([.thinking("Thinking about: " + text), .text(text)]))
        case .tool(let command): Self.calls([Self.bash(command, "scripted")])
        case .escalated(let command): Self.calls([Self.bash(command, "scripted", isSandboxed: false)])
        case .textTool(let command): Self.calls([.text("about to run"), Self.bash(command, "scripted")])
        case .multi(let commands): Self.calls(commands.map { Self.bash($0, "scripted") })
        case .sequence: Self.calls([Self.bash("echo one", "first")])
        case .ask(let count): Self.calls([Self.questions(count)])
        case .write(let path, let text):
            Self.calls([.toolUse(name: "Write", input: ["file_path": .string(path), "content": .string(text)])])
        case .agent(let prompt):
            Self.calls([
                .toolUse(
                    name: "Agent",
                    input: [
                        "description": "scripted sub-agent", "prompt": .string(prompt),
                        "subagent_type": "general-purpose",
                    ])
            ])
        case .use(let tool, let input):
            Self.calls([.toolUse(name: tool, input: (try? JSON(parsing: input)) ?? [:])])
        case .empty: .message(.init([]))
        case .maxTokens: .message(.init([.text("cut sho")], stop: .maximumTokens))
        case .refuse: .message(.init([], stop: .refusal))
        case .hang(let time): Self.silent(for: time)
        case .drop: .cutOff(after: "these words came before the connection was")
        case .error(let status, _, _): .failure(status: status)
        case .fail(let code, let message): .error(code: code, message: message)
        case .goal: .text("goal step 1")
        case .die, .dieBeforeTranscript, .hangUp: .text("only the stand-in agent does that")
        case .echo(let text): .text("ECHO: " + text)
        }
    }

    private static func calls(_ content: [Reply.Block]) -> Reply {
        .message(.init(content, stop: .toolUse))
    }

    private static func bash(_ command: String, _ description: String, isSandboxed: Bool = true) -> Reply.Block {
        var input: JSON = ["command": .string(command), "description": .string(description)]
        if !isSandboxed { input["dangerouslyDisableSandbox"] = true }
        return .toolUse(name: "Bash", input: input)
    }

    private static func paced(_ text: String, over time: Duration) -> Reply {
        var message = Reply.Message([.text(text)])
        message.pace = time
        return .message(message)
    }

    private static func silent(for time: Duration?) -> Reply {
        var message = Reply.Message([.text("done hanging")])
        message.silence = time
        return .message(message)
    }

    private static func filler(_ count: Int) -> String {
        let words = "lorem ipsum dolor sit amet "
        return String((0..<count / words.count + 1).reduce(into: "") { text, _ in text += words }.prefix(count))
    }

    private static func questions(_ count: Int) -> Reply.Block {
        let colour: JSON = [
            "question": "Which colour?", "header": "Colour", "multiSelect": false,
            "options": [
                ["label": "Red", "description": "the red one"], ["label": "Blue", "description": "the blue one"],
            ],
        ]
        let size: JSON = [
            "question": "Which size?", "header": "Size", "multiSelect": false,
            "options": [
                ["label": "Small", "description": "the small one"], ["label": "Large", "description": "the large one"],
            ],
        ]
        return .toolUse(name: "AskUserQuestion", input: ["questions": .array(count == 1 ? [colour] : [colour, size])])
    }
}
