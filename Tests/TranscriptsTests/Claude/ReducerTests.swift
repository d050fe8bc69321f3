import JSON
import Testing

@testable import Transcripts

/// Entries in the form of Claude Code 2.1.329, as short as the reducer needs them.
private enum Entry {
    static func prompt(_ text: String, uuid: String = "u1", source: String? = "typed", parent: String? = nil) -> ClaudeEntry {
        var json: JSON = ["type": "user", "uuid": .string(uuid), "promptId": .string("p-\(uuid)")]
        json["message"] = ["role": "user", "content": .string(text)]
        if let source { json["promptSource"] = .string(source) }
        if let parent { json["parentUuid"] = .string(parent) }
        return ClaudeEntry(json)
    }

    static func local(_ text: String, meta: Bool = false) -> ClaudeEntry {
        ClaudeEntry(["type": "user", "uuid": "local", "isMeta": .bool(meta), "message": ["content": .string(text)]])
    }

    static func text(_ text: String, stop: String? = "end_turn") -> ClaudeEntry {
        assistant(["type": "text", "text": .string(text)], stop: stop)
    }

    static func call(_ name: String, id: String = "t1", input: JSON = [:]) -> ClaudeEntry {
        assistant(["type": "tool_use", "id": .string(id), "name": .string(name), "input": input], stop: "tool_use")
    }

    static func assistant(_ block: JSON, stop: String?) -> ClaudeEntry {
        ClaudeEntry([
            "type": "assistant", "uuid": "a1",
            "message": ["model": "claude", "stop_reason": stop.map(JSON.string) ?? nil, "content": [block]],
        ])
    }

    static func result(_ id: String = "t1", denial: String? = nil, extra: JSON.Object = [:]) -> ClaudeEntry {
        var json: JSON = ["type": "user", "uuid": "r1"]
        json["message"] = ["content": [["type": "tool_result", "tool_use_id": .string(id), "content": "out"]]]
        if let denial { json["toolDenialKind"] = .string(denial) }
        for (key, value) in extra { json[key] = value }
        return ClaudeEntry(json)
    }

    static func system(_ subtype: String, _ fields: JSON.Object = [:]) -> ClaudeEntry {
        var json: JSON = ["type": "system", "subtype": .string(subtype)]
        for (key, value) in fields { json[key] = value }
        return ClaudeEntry(json)
    }

    static func queue(_ operation: String, _ content: String? = nil, reason: String? = nil, uuid: String? = nil) -> ClaudeEntry {
        var json: JSON = ["type": "queue-operation", "operation": .string(operation)]
        if let content { json["content"] = .string(content) }
        if let reason { json["reason"] = .string(reason) }
        if let uuid { json["commandUuid"] = .string(uuid) }
        return ClaudeEntry(json)
    }

    static func queuedCommand(_ text: String, uuid: String) -> ClaudeEntry {
        ClaudeEntry([
            "type": "attachment",
            "attachment": [
                "type": "queued_command", "prompt": .string(text), "source_uuid": .string(uuid), "origin": ["kind": "human"],
            ],
        ])
    }

    static let turnEnd = system("turn_duration", ["durationMs": 109])
}

@Suite("Turns: what the owner knows, commands, the queue")
struct ReducerTests {
    // MARK: What the owner knows

    @Test("an idle agent has cancelled what it did not answer")
    func cancelled() throws {
        for name in ["interrupt-before-response", "error-401"] {
            var reduction = Reduction(try Recording(name).entries())
            reduction.agentIsIdle()
            #expect(reduction.turns.map(\.end) == [.cancelled])
            #expect(reduction.reducer.turn == nil)
        }
    }

    @Test("a process that is gone has cut its turn off, and dropped what was queued")
    func cutOff() throws {
        for name in ["killed-stream", "killed-tool", "notif-ask"] {
            var reduction = Reduction(try Recording(name).entries() + [Entry.queue("enqueue", "later")])
            reduction.agentIsGone()
            #expect(reduction.turns.last?.end == .cutOff)
            #expect(reduction.events.last == .messageDropped(QueuedMessage(text: "later", origin: .human), reason: .agentGone))
            #expect(reduction.reducer.queuedMessages.isEmpty)
        }
    }

    @Test("a process that is gone after its answer has completed the turn")
    func goneAfterAnswer() {
        var reduction = Reduction([Entry.prompt("q"), Entry.text("a")])
        reduction.agentIsGone()
        #expect(reduction.turns.map(\.end) == [.completed])
    }

    @Test("an idle agent that showed a question or a tool call was interrupted")
    func idleInTool() throws {
        var asked = Reduction(try Recording("notif-ask").entries())
        asked.agentIsIdle()
        #expect(asked.turns.map(\.end) == [.interrupted(.question)])
        guard case .questionSettled(_, .declined, _) = asked.events.dropLast().last else {
            Issue.record("the question is still open")
            return
        }
        var running = Reduction(try Recording("notif-perm").entries())
        running.agentIsIdle()
        #expect(running.turns.map(\.end) == [.interrupted(.tool)])
    }

    @Test("saying twice that the agent is idle or gone says nothing new")
    func idempotent() throws {
        var reduction = Reduction(try Recording("plain").entries())
        let count = reduction.events.count
        reduction.agentIsIdle()
        reduction.agentIsGone()
        #expect(reduction.events.count == count)
    }

    @Test("without turn_duration a turn ends when the agent is idle or takes the next prompt")
    func olderVersions() {
        var reduction = Reduction([
            ClaudeEntry(["type": "Human", "uuid": "u1", "message": ["role": "user", "content": "first"]]),
            ClaudeEntry(["type": "progress", "uuid": "x", "data": [:]]),
            Entry.text("interim", stop: nil), Entry.call("Bash"),
            ClaudeEntry(["type": "progress", "uuid": "x", "data": [:]]), Entry.result(), Entry.text("done", stop: nil),
            Entry.prompt("second", uuid: "u2", source: nil),
            Entry.text("sure", stop: nil),
        ])
        #expect(reduction.turns.map(\.summary) == [
            #"typed "first" -> completed: interim | done"#, #"typed "second" -> open: sure"#,
        ])
        reduction.agentIsIdle()
        #expect(reduction.turns.last?.end == .completed)
    }

    @Test("a prompt behind one that was never answered cancels that")
    func superseded() {
        let reduction = Reduction([Entry.prompt("one"), Entry.prompt("two", uuid: "u2"), Entry.text("2"), Entry.turnEnd])
        #expect(reduction.turns.map(\.summary) == [#"typed "one" -> cancelled"#, #"typed "two" -> completed: 2"#])
    }

    @Test("entries of a sub-agent in the main file are not the session's")
    func sidechain() {
        let inner = ClaudeEntry(["type": "assistant", "isSidechain": true, "message": ["content": "inner"]])
        let reduction = Reduction([Entry.prompt("q"), inner, Entry.text("a"), Entry.turnEnd])
        #expect(reduction.turns.map(\.summary) == [#"typed "q" -> completed: a"#])
    }

    @Test("a turn whose beginning was not read is one all the same")
    func continued() {
        let reduction = Reduction([Entry.result(), Entry.text("a"), Entry.turnEnd, Entry.turnEnd])
        #expect(reduction.turns.map(\.summary) == [#"continued "" -> completed: a"#])
    }

    // MARK: Questions

    @Test("a question is told with its options, and its answer by question")
    func question() throws {
        let reduction = Reduction(try Recording("ask-answered").entries())
        let asked = reduction.events.compactMap { event -> PendingQuestion? in
            if case .questionAsked(let question, _) = event { question } else { nil }
        }
        let question = try #require(asked.first?.questions.first)
        #expect(asked.count == 1 && asked[0].questions.count == 1)
        #expect(question.text == "Which colour?")
        #expect(question.header == "Colour")
        #expect(!question.allowsSeveral)
        #expect(question.options.map(\.label) == ["Red", "Blue"])
        #expect(question.options.first?.description == "the red one")
        let answer = PendingQuestion.Outcome.answered([.init(question: "Which colour?", answer: "Blue")])
        #expect(reduction.events.contains(.questionSettled(asked[0], answer, turn: reduction.turns[0].id)))
    }

    @Test("a free text is an answer, and Escape declines")
    func freeTextAndEscape() throws {
        func outcomes(_ name: String) throws -> [PendingQuestion.Outcome] {
            Reduction(try Recording(name).entries()).events.compactMap { event in
                if case .questionSettled(_, let outcome, _) = event { outcome } else { nil }
            }
        }
        #expect(
            try outcomes("message-into-ask-dialog")
                == [.answered([.init(question: "Which colour?", answer: "SAY sent into dialog")])])
        guard case .declined(let words) = try outcomes("ask-escaped").first else {
            Issue.record("an escaped question counts as answered")
            return
        }
        #expect(words.hasPrefix("The user doesn't want to proceed"))
    }

    @Test("several questions, several choices, and the names that other agents give such a tool")
    func severalQuestions() throws {
        let input: JSON = [
            "questions": [
                ["question": "A?", "multiSelect": true, "options": [["label": "x"], ["label": "y"]]],
                ["question": "B?", "header": "B"],
            ]
        ]
        var reduction = Reduction([Entry.prompt("q"), Entry.call("ask_user", input: input)])
        let pending = try #require(reduction.reducer.pendingQuestion)
        #expect(pending.questions.map(\.text) == ["A?", "B?"])
        #expect(pending.questions.map(\.allowsSeveral) == [true, false])
        reduction.add([Entry.result(extra: ["toolUseResult": ["answers": ["A?": ["x", "y"], "B?": "b"]]])])
        #expect(reduction.reducer.pendingQuestion == nil)
        #expect(
            reduction.events.last
                == .questionSettled(
                    pending, .answered([.init(question: "A?", answer: "x, y"), .init(question: "B?", answer: "b")]),
                    turn: "u1"))
    }

    // MARK: The queue

    @Test("queued messages are told when they are entered, merged and absorbed, each once")
    func queueEvents() throws {
        func told(_ name: String) throws -> [String] {
            Reduction(try Recording(name).entries()).events.compactMap { event in
                switch event {
                case .messageQueued(let message): "queued \(message.text.prefix(18))"
                case .messageMerged(let message, _): "merged \(message.text.prefix(18))"
                case .messageAbsorbed(let message, _): "absorbed \(message.text.prefix(18))"
                case .messageDropped(let message, _): "dropped \(message.text.prefix(18))"
                case .turnStarted(let turn): "started \(turn.text.prefix(18))"
                case .turnEnded: "ended"
                default: nil
                }
            }
        }
        #expect(
            try told("queued-during-stream") == [
                "started SLOW 3 streaming s", "queued SAY queued one", "queued SAY queued two", "ended",
                "started SAY queued one", "merged SAY queued two", "ended",
            ])
        #expect(
            try told("queued-during-tool") == [
                "started TOOL python3 -c 'i", "queued SAY queued during ",
                "absorbed SAY queued during ", "ended",
            ])
        #expect(
            try told("queued-slash") == ["started SLOW 3 streaming s", "queued /compact", "ended", "started /compact", "ended"])
        #expect(try Reduction(Recording("queued-slash").entries()).reducer.queuedMessages.isEmpty)
    }

    @Test("an absorbed message is told once where only its attachment tells of it")
    func attachmentAlone() {
        let reduction = Reduction([
            Entry.prompt("q"), Entry.queue("enqueue", "more"), Entry.queuedCommand("more", uuid: "m1"), Entry.text("a"),
            Entry.turnEnd,
        ])
        #expect(reduction.turns.map(\.summary) == [#"typed "q" + absorbed "more" -> completed: a"#])
        #expect(reduction.reducer.queuedMessages.isEmpty)
    }

    @Test("two equal messages are two", arguments: [true, false])
    func equalMessages(absorbed: Bool) {
        var reduction = Reduction([Entry.prompt("go"), Entry.queue("enqueue", "continue"), Entry.queue("enqueue", "continue")])
        if absorbed {
            for uuid in ["m1", "m2"] {
                reduction.add([
                    Entry.queue("remove", "continue", reason: "absorbed_mid_turn", uuid: uuid),
                    Entry.queuedCommand("continue", uuid: uuid),
                ])
            }
            #expect(reduction.reducer.turn?.messages.map(\.text) == ["go", "continue", "continue"])
        } else {
            reduction.add([
                Entry.queue("dequeue"), Entry.turnEnd, Entry.prompt("continue", uuid: "u2", source: "queued"),
                Entry.text("1"), Entry.turnEnd,
            ])
            #expect(reduction.reducer.queuedMessages.count == 1)
            reduction.add([
                Entry.queue("dequeue"), Entry.prompt("continue", uuid: "u3", source: "queued"), Entry.text("2"), Entry.turnEnd,
            ])
            #expect(reduction.turns.map(\.text) == ["go", "continue", "continue"])
        }
        #expect(reduction.reducer.queuedMessages.isEmpty)
    }

    @Test("queued messages that do not follow each other at once are turns of their own")
    func notMerged() {
        let reduction = Reduction([
            Entry.prompt("one", uuid: "u1", source: "queued"),
            Entry.prompt("two", uuid: "u2", source: "queued", parent: "somewhere else"), Entry.text("2"), Entry.turnEnd,
        ])
        #expect(reduction.turns.map(\.summary) == [#"queued "one" -> cancelled"#, #"queued "two" -> completed: 2"#])
    }

    @Test("a message taken out of the queue is told with the reason")
    func removed() {
        var reduction = Reduction([
            Entry.prompt("q"), Entry.queue("enqueue", "a"), Entry.queue("enqueue", "b"), Entry.queue("enqueue", "c"),
            Entry.queue("remove", "b", reason: "edited"), Entry.queue("popAll"),
        ])
        func dropped() -> [String] {
            reduction.events.compactMap { event in
                if case .messageDropped(let message, let reason) = event { "\(message.text) \(reason)" } else { nil }
            }
        }
        #expect(dropped() == [#"b removed(Optional("edited"))"#, #"a removed(Optional("popAll"))"#, #"c removed(Optional("popAll"))"#])
        reduction.add([Entry.queue("enqueue", "d")])
        reduction.agentIsIdle()
        #expect(dropped().last == "d agentIdle")
    }

    // MARK: Commands

    @Test("an unknown command is told by its name, with a suggestion or without")
    func unknownCommand() throws {
        func outcomes(_ entries: [ClaudeEntry]) -> [CommandOutcome] {
            Reduction(entries).events.compactMap { if case .commandOutcome(let outcome) = $0 { outcome } else { nil } }
        }
        let recorded = outcomes(try Recording("slash-local").entries())
        #expect(recorded.map(\.name) == ["/nosuchcmd"])
        #expect(recorded.map(\.status) == [.unknown])
        let suggested = Entry.system("informational", ["content": "Unknown command: /foo:b-r. Did you mean /bar?"])
        #expect(outcomes([suggested]).map(\.name) == ["/foo:b-r"])
        #expect(outcomes([Entry.system("informational", ["content": "Something else"])]).isEmpty)
    }

    @Test("compaction is told with its numbers, and its command's output")
    func compaction() throws {
        let events = Reduction(try Recording("compact").entries()).events
        #expect(events.contains(.compacted(Compaction(trigger: "manual", tokensBefore: 13876, tokensAfter: 2883))))
        let outcomes = events.compactMap { if case .commandOutcome(let outcome) = $0 { outcome } else { nil } }
        #expect(outcomes.map(\.name) == ["/compact"])
        #expect(outcomes.map(\.status) == [.succeeded])
    }

    @Test("a command in user entries or in system entries, with output, an error, or none")
    func commands() {
        func tags(_ name: String) -> String { "<command-name>\(name)</command-name>\n<command-args>a b</command-args>" }
        var reduction = Reduction([
            Entry.local("<local-command-caveat>x</local-command-caveat>", meta: true), Entry.local(tags("/cost")),
            Entry.local("<local-command-stdout>$1</local-command-stdout>"),
            Entry.system("local_command", ["uuid": "s1", "content": .string(tags("/context"))]),
            Entry.system("local_command", ["content": "<local-command-stdout>10 %</local-command-stdout>"]),
            Entry.local(tags("/bad")), Entry.local("<local-command-stderr>no</local-command-stderr>"),
            Entry.local(tags("/quiet")),
        ])
        reduction.agentIsIdle()
        #expect(
            reduction.turns.map(\.summary) == [
                #"command /cost "/cost a b" -> completed printed "$1""#,
                #"command /context "/context a b" -> completed printed "10 %""#,
                #"command /bad "/bad a b" -> failed 0 command printed "no""#,
                #"command /quiet "/quiet a b" -> completed"#,
            ])
    }

    @Test("a command that is a prompt by another name is answered like one")
    func promptCommand() {
        let text = "<command-message>uc is running…</command-message>\n<command-name>/uc</command-name>\n<command-args>x</command-args>"
        let reduction = Reduction([
            Entry.prompt(text), Entry.local("Do what uc says", meta: true), Entry.text("done"), Entry.turnEnd,
        ])
        #expect(reduction.turns.map(\.summary) == [#"command /uc "/uc x" -> completed: done"#])
    }

    @Test(
        "what a person types is a prompt, even if it looks like the program's own",
        arguments: [
            "<command-name>/clear</command-name>", "<bash-input>ls</bash-input>", "[Request interrupted by user]",
            "<local-command-stdout>x</local-command-stdout>", "<task-notification>",
        ])
    func lookAlikes(text: String) {
        let reduction = Reduction([Entry.prompt(text), Entry.text("a"), Entry.turnEnd])
        #expect(reduction.turns.map(\.text) == [text])
        #expect(reduction.turns.map(\.source) == [.typed])
        #expect(reduction.turns.map(\.end) == [.completed])
        #expect(!reduction.events.contains(.conversationCleared))
    }

    @Test("/clear at the head of a new file is told")
    func clear() {
        let reduction = Reduction([
            Entry.local("<command-name>/clear</command-name>\n<command-args></command-args>"),
            Entry.local("<local-command-stdout></local-command-stdout>"), Entry.prompt("q", uuid: "u9"),
        ])
        #expect(reduction.events.contains(.conversationCleared))
        #expect(reduction.turns.map(\.summary) == [#"command /clear "/clear" -> completed printed """#, #"typed "q" -> open"#])
    }

    @Test("a shell command without output was stopped; with output it has run, though no model answered")
    func bash() {
        var stopped = Reduction([Entry.local("<bash-input>sleep 9</bash-input>")])
        stopped.agentIsIdle()
        #expect(stopped.turns.map(\.end) == [.cancelled])
        var ran = Reduction([
            Entry.local("<bash-input>ls</bash-input>"),
            Entry.local("<bash-stdout>a</bash-stdout><bash-stderr></bash-stderr>"),
        ])
        ran.agentIsIdle()
        #expect(ran.turns.map(\.summary) == [#"bash "ls" -> completed printed "a""#])
    }

    // MARK: What is kept

    @Test("background agents are waited for until a turn ends without any")
    func backgroundAgents() throws {
        var waiting: [Bool] = []
        var reduction = Reduction()
        for entry in try Recording("subagent").entries() {
            reduction.add([entry])
            if waiting.last != reduction.reducer.isWaitingForBackgroundAgents {
                waiting.append(reduction.reducer.isWaitingForBackgroundAgents)
            }
        }
        #expect(waiting == [false, true, false])
    }

    @Test("only the last turns and the last of a long turn's texts are kept")
    func bounds() {
        var reducer = ClaudeTranscriptReducer(recentLimit: 3, textLimit: 10)
        for number in 1...9 {
            _ = reducer.add(Entry.prompt("q\(number)", uuid: "u\(number)"))
            for text in ["first", "second", "a third that is too long"] { _ = reducer.add(Entry.text(text)) }
            _ = reducer.add(Entry.turnEnd)
        }
        #expect(reducer.recentTurns.map(\.text) == ["q7", "q8", "q9"])
        #expect(reducer.recentTurns.last?.texts == ["a third that is too long"])
        #expect(reducer.recentTurns.last?.droppedTexts == 2)
    }

    @Test("a failed turn says what failed, a completed one how long it took")
    func details() throws {
        let failed = Reduction(try Recording("error-529").entries()).turns[0]
        guard case .failed(let failure) = failed.end else {
            Issue.record("a failed turn counts as \(failed.summary)")
            return
        }
        #expect(failure.message.hasPrefix("API Error: 529"))
        #expect(failure.status == 529)
        let plain = Reduction(try Recording("plain").entries()).turns[0]
        #expect(plain.duration == .milliseconds(109))
        #expect(plain.promptID?.hasPrefix("7748") == true)
        #expect(plain.id.hasPrefix("56f1"))
        #expect(plain.startedAt?.hasPrefix("2026-11-21T") == true && plain.endedAt?.hasPrefix("2026-11-21T") == true)
    }
}
