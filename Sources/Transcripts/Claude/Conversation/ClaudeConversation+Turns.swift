extension ClaudeConversation {
    /// What the npm tool's `status` says of a session.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        case idle, working
        case waitingForInput = "waiting_for_input"
    }

    /// How far back a turn's beginning is looked for; an older one is read from there on.
    static let turnSearchLimit = 8 << 20

    /// The state that the latest turn leaves behind: the turn is open, or the last of those that have ended.
    ///
    /// It reads back to the turn's beginning, 8 MB at most, however large the file is.
    public func latestTurn() throws(TranscriptError) -> ClaudeTranscriptReducer {
        var entries: [ClaudeEntry] = []
        var end: Int?
        try forEachEntryBackwards { entry, offset in
            entries.append(entry)
            end = end ?? offset
            return !entry.beginsTurn && end! - offset < Self.turnSearchLimit
        }
        var reducer = ClaudeTranscriptReducer()
        for entry in entries.reversed() { _ = reducer.add(entry) }
        return reducer
    }

    /// By the latest turn; there is no asking whether the agent lives. Where a version marks no turn's end, an answer
    /// with nothing behind it counts as one, as in the npm tool.
    public func status() throws(TranscriptError) -> Status {
        guard let turn = try latestTurn().turn else { return .idle }
        if turn.pendingQuestion != nil { return .waitingForInput }
        let isAnswer = turn.endsWithAssistant && turn.openToolCalls.isEmpty && turn.lastStopReason != "tool_use"
        return isAnswer ? .idle : .working
    }

    /// The text blocks of one turn, and of those in which its background agents reported.
    func texts(ofTurn id: String) throws(TranscriptError) -> [String] {
        var beginning: Int?
        try forEachEntryBackwards { entry, offset in
            if entry.uuid == id { beginning = offset }
            if entry.beginsTurn, entry.promptID == id { beginning = offset }
            return beginning == nil
        }
        guard let beginning else { return [] }

        var reducer = ClaudeTranscriptReducer()
        var texts: [String] = []
        var isOver = false
        try forEachEntry(from: beginning) { entry in
            for event in reducer.add(entry) where !isOver {
                switch event {
                case .assistantText(let text, _): texts.append(text)
                case .turnStarted(let turn): isOver = turn.source != .taskNotification && !reducer.recentTurns.isEmpty
                case .turnEnded(let turn): isOver = turn.pendingBackgroundAgents == 0
                default: break
                }
            }
            return !isOver
        }
        return texts
    }
}

extension ClaudeEntry {
    var beginsTurn: Bool {
        guard !isSidechain else { return false }
        switch userContent {
        case .prompt, .command, .bashInput: return true
        default: return false
        }
    }
}
