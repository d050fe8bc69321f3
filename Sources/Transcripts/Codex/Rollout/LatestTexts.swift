/// Collects the agent's latest texts from a rollout's entries, read in either direction.
struct LatestTexts {
    private let count: Int
    /// Only this turn's texts count.
    private let turn: String?
    /// In the direction of reading.
    private var found: [String] = []
    /// The turn that is open where the reading is: known when reading forwards.
    private var openTurn: String?
    /// Read backwards, texts of a turn whose beginning, and with it its name, is still to come.
    private var unattributed: [String] = []

    /// Turns were taken back: what the latest texts are, only a reading of all turns can tell.
    private(set) var wasRolledBack = false

    init(count: Int, turn: String?) {
        self.count = count
        self.turn = turn
    }

    /// Takes an entry that follows those before.
    /// - Returns: whether more are wanted.
    mutating func add(_ entry: CodexEntry) -> Bool {
        switch entry.event {
        case .turnStarted(let id): openTurn = id
        case .rolledBack: if turn == nil { wasRolledBack = true }
        case let event?:
            if let text = event.agentText(in: entry), turn == nil || (event.turn ?? openTurn) == turn { found.append(text) }
        case nil: break
        }
        // Now and then, so that dropping the oldest costs little and memory stays bounded.
        if found.count >= 2 * max(count, 64) { found.removeFirst(found.count - count) }
        return !wasRolledBack
    }

    /// Takes an entry that precedes those before.
    /// - Returns: whether more are wanted.
    mutating func addEarlier(_ entry: CodexEntry) -> Bool {
        switch entry.event {
        case .turnStarted(let id):
            if turn != nil, turn == id {
                found += unattributed
                return false
            }
            unattributed = []
        case .rolledBack: if turn == nil { wasRolledBack = true }
        case let event?:
            guard let text = event.agentText(in: entry) else { break }
            if turn == nil || event.turn == turn {
                found.append(text)
            } else if event.turn == nil, unattributed.count < count {
                unattributed.append(text)
            }
        case nil: break
        }
        return found.count < count && !wasRolledBack
    }

    /// What was found by reading forwards, oldest first.
    var latest: [String] { found.suffix(count) }
    /// What was found by reading backwards, oldest first.
    var latestFromEnd: [String] { found.prefix(count).reversed() }
}

extension CodexEvent {
    fileprivate func agentText(in entry: CodexEntry) -> String? {
        guard let message = message(in: entry), message.role == .agent else { return nil }
        return message.text
    }
}
