/// Collects the agent's latest texts, of a thread or of one turn, from one of its files.
struct LatestTexts {
    /// Oldest first, as many as were asked for at most.
    private(set) var texts: [String] = []
    /// Turns were taken back in a legacy rollout: what the latest texts are, only a reading of all turns can tell.
    private(set) var wasRolledBack = false
    /// The turn that was asked for begins in this file.
    private(set) var sawTurn = false

    private let count: Int
    /// Only this turn's texts count.
    private let turn: String?

    /// - Parameter turn: nil for all texts of the thread.
    init(count: Int, turn: String?, in file: RolloutFile) throws(TranscriptError) {
        self.count = count
        self.turn = turn
        try file.isCompressed ? readForwards(file) : readBackwards(file)
    }

    private mutating func readForwards(_ file: RolloutFile) throws(TranscriptError) {
        var found: [String] = []
        var openTurn: String?
        try file.forEachEntry { entry in
            switch entry.event {
            case .turnStarted(let id):
                openTurn = id
                if id == turn { sawTurn = true }
            case .rolledBack: if turn == nil { wasRolledBack = true }
            case let event?:
                guard let text = event.agentText(in: entry) else { break }
                if turn == nil || (event.turn ?? openTurn) == turn { found.append(text) }
            case nil: break
            }
            // Now and then, so that dropping the oldest costs little.
            if found.count >= 2 * max(count, 64) { found.removeFirst(found.count - count) }
            return !wasRolledBack
        }
        texts = found.suffix(count)
    }

    private mutating func readBackwards(_ file: RolloutFile) throws(TranscriptError) {
        var found: [String] = []
        // Legacy rollouts name the turn where it begins only.
        var unattributed: [String] = []
        try file.forEachEntryBackwards { entry in
            switch entry.event {
            case .turnStarted(let id):
                if id == turn {
                    found += unattributed
                    sawTurn = true
                }
                unattributed = []
            case .rolledBack: if turn == nil { wasRolledBack = true }
            case let event?:
                guard let text = event.agentText(in: entry) else { break }
                if turn == nil || event.turn == turn {
                    found.append(text)
                    if turn != nil, found.count == count { sawTurn = true }
                } else if event.turn == nil, unattributed.count < count {
                    unattributed.append(text)
                }
            case nil: break
            }
            return found.count < count && !wasRolledBack && !sawTurn
        }
        texts = found.prefix(count).reversed()
    }
}

extension CodexEvent {
    fileprivate func agentText(in entry: CodexEntry) -> String? {
        guard let message = message(in: entry), message.role == .agent else { return nil }
        return message.text
    }
}
