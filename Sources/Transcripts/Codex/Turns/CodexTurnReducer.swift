/// Turns and messages from a Codex rollout: fed with its entries in order, paginated or legacy.
///
/// Messages are taken from the events alone: among the response items stand also those that Codex writes to the model
/// in the user's name.
public struct CodexTurnReducer: Sendable {
    /// Every turn so far, oldest first.
    public private(set) var turns: [CodexTurn] = []
    private var isOpen = false

    public init() {}

    /// Takes the next entry.
    public mutating func add(_ entry: CodexEntry) {
        switch entry.event {
        case .turnStarted(let id):
            cutOff(at: nil)
            turns.append(CodexTurn(id: id, startedAt: entry.timestamp))
            isOpen = true
        case .turnCompleted(let id, _, let error):
            end(error.map { .failed($0) } ?? .completed, turn: id, at: entry.timestamp)
        case .turnAborted(let id, let reason):
            end(.aborted(reason), turn: id, at: entry.timestamp)
        case .rolledBack(let count):
            turns.removeLast(min(max(count, 0), turns.count))
            isOpen = false
        case let event?:
            if let message = event.message(in: entry) { add(message, turn: event.turn, at: entry.timestamp) }
        case nil:
            break
        }
    }

    /// Nothing will come any more: a turn that is open was cut off.
    public mutating func finish() { cutOff(at: nil) }

    private mutating func add(_ message: CodexTurn.Message, turn id: String?, at time: String?) {
        if let index = index(of: id) { return turns[index].messages.append(message) }
        // Before versions wrote where turns begin, one began with each message of the user's.
        if id != nil || message.role == .user || turns.isEmpty {
            cutOff(at: nil)
            turns.append(CodexTurn(id: id, startedAt: time))
            isOpen = id != nil
        }
        turns[turns.count - 1].messages.append(message)
    }

    private mutating func end(_ end: CodexTurn.End, turn id: String?, at time: String?) {
        guard let index = index(of: id), turns[index].end == nil else { return }
        turns[index].end = end
        turns[index].endedAt = time
        if index == turns.count - 1 { isOpen = false }
    }

    private mutating func cutOff(at time: String?) {
        guard isOpen else { return }
        end(.cutOff, turn: nil, at: time)
    }

    /// The turn of that name; without one, the open turn.
    private func index(of id: String?) -> Int? {
        guard let id else { return isOpen ? turns.count - 1 : nil }
        return turns.lastIndex { $0.id == id }
    }
}

extension CodexEvent {
    /// The message that the event tells of, if it has text.
    func message(in entry: CodexEntry) -> CodexTurn.Message? {
        let message: CodexTurn.Message
        switch self {
        case .itemCompleted(.userMessage(let item), _):
            message = CodexTurn.Message(role: .user, text: item.text, clientID: item.clientID)
        case .itemCompleted(.agentMessage(let item), _):
            message = CodexTurn.Message(role: .agent, text: item.text, clientID: nil)
        // An entry with an ordinal has its messages as items.
        case .userMessage(let text) where entry.ordinal == nil:
            message = CodexTurn.Message(role: .user, text: text, clientID: nil)
        case .agentMessage(let text) where entry.ordinal == nil:
            message = CodexTurn.Message(role: .agent, text: text, clientID: nil)
        default:
            return nil
        }
        return message.text.isEmpty ? nil : message
    }

    /// The turn that an item names.
    var turn: String? {
        guard case .itemCompleted(_, let turn) = self else { return nil }
        return turn
    }
}
