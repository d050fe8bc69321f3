import JSON

extension ClaudeTranscriptReducer {
    mutating func addUser(_ entry: ClaudeEntry) {
        switch entry.userContent {
        case .prompt(let text): addPrompt(text, entry)
        case .toolResults(let results): addToolResults(results, entry)
        case .interruption(let inToolUse): addInterruption(inToolUse: inToolUse, entry)
        case .command(let name, let arguments): addCommand(name: name, arguments: arguments, entry)
        case .commandOutput(let output, let isError): addCommandOutput(output, isError: isError, entry)
        case .bashInput(let command): start(.bash, text: command, entry)
        case .bashOutput(let output): turn?.commandOutput = output
        case .compactSummary, .companion, nil: break
        }
    }

    private mutating func addPrompt(_ text: String, _ entry: ClaudeEntry) {
        if entry.isFromQueue { queue.arrived(text: text) }
        if let turn, entry.joins(turn) {
            let message = entry.message(text: text, arrival: .merged)
            self.turn?.messages.append(message)
            events.append(.messageMerged(message, turn: turn.id))
            return
        }
        start(entry.turnSource, text: text, entry)
    }

    private mutating func start(_ source: TranscriptTurn.Source, text: String, _ entry: ClaudeEntry) {
        start(
            TranscriptTurn(
                id: entry.uuid ?? "", source: source, startedAt: entry.timestamp,
                messages: [entry.message(text: text, arrival: .started)]))
    }

    // MARK: Commands

    /// Also for the system entries in which some versions record commands.
    mutating func addCommand(name: String, arguments: String, _ entry: ClaudeEntry) {
        let text = arguments.isEmpty ? name : name + " " + arguments
        queue.arrived(text: text)
        start(.command(name), text: text, entry)
        if name == "/clear" { events.append(.conversationCleared) }
    }

    mutating func addCommandOutput(_ output: String, isError: Bool, _ entry: ClaudeEntry) {
        guard case .command(let name) = turn?.source else { return }
        turn?.commandOutput = output
        events.append(.commandOutcome(CommandOutcome(name: name, status: isError ? .failed : .succeeded, output: output)))
        end(isError ? .failed(TurnEnd.Failure(message: output, kind: "command")) : .completed, at: entry.timestamp)
    }

    // MARK: Tools

    private mutating func addToolResults(_ results: [ClaudeContentBlock.ToolResult], _ entry: ClaudeEntry) {
        for result in results {
            guard let turn else { return }
            let call = turn.openToolCalls.first { $0.id == result.toolUseID }
            self.turn?.openToolCalls.removeAll { $0.id == result.toolUseID }
            self.turn?.endsWithAssistant = false

            let question = turn.pendingQuestion.flatMap { $0.toolUseID == result.toolUseID ? $0 : nil }
            if let question {
                self.turn?.pendingQuestion = nil
                events.append(.questionSettled(question, entry.outcome(of: question, result), turn: turn.id))
            }
            if entry.toolDenialKind == "interrupted" {
                end(.cutOff, at: entry.timestamp)
            } else if entry.toolDenialKind != nil {
                self.turn?.lastDenial = TranscriptTurn.Denial(
                    tool: call, beforeRun: entry.isToolDenialBeforeRun, wasQuestion: question != nil)
            }
        }
    }

    private mutating func addInterruption(inToolUse: Bool, _ entry: ClaudeEntry) {
        let interruption: TurnEnd.Interruption =
            if !inToolUse {
                .streaming
            } else if turn?.lastDenial?.wasQuestion == true {
                .question
            } else if turn?.lastDenial?.beforeRun == true {
                .permission
            } else {
                .tool
            }
        end(.interrupted(interruption), at: entry.timestamp)
    }
}

extension ClaudeEntry {
    fileprivate func message(text: String, arrival: TranscriptTurn.Arrival) -> TranscriptTurn.Message {
        TranscriptTurn.Message(
            uuid: uuid, promptID: promptID, text: text, arrival: arrival,
            origin: MessageOrigin(kind: originKind, text: text))
    }

    fileprivate var turnSource: TranscriptTurn.Source {
        switch promptSource {
        case "typed", nil: .typed
        case "queued": .queued
        case "system" where originKind == "task-notification": .taskNotification
        case .some(let source): .other(source)
        }
    }

    fileprivate var isFromQueue: Bool { promptSource == "queued" || promptSource == "system" }

    /// Whether this prompt was taken from the queue together with those that started the turn: it follows them at
    /// once, in the chain of entries too. (A prompt after a cancelled one follows what came before that.)
    fileprivate func joins(_ turn: TranscriptTurn) -> Bool {
        guard isFromQueue, !turn.hasResponse, turn.source != .typed, let parentUUID else { return false }
        return turn.messages.last?.uuid == parentUUID
    }

    fileprivate func outcome(
        of question: PendingQuestion, _ result: ClaudeContentBlock.ToolResult
    ) -> PendingQuestion.Outcome {
        guard !result.isError, toolDenialKind == nil, let answers = toolUseResult?["answers"]?.object else {
            return .declined(ClaudeEntry.textBlocks(of: result.content).joined(separator: "\n"))
        }
        return .answered(
            answers.map { key, value in
                let choices = value.array?.map { $0.string ?? $0.compact }.joined(separator: ", ")
                return PendingQuestion.Answer(question: key, answer: value.string ?? choices ?? value.compact)
            })
    }
}
