import Synchronization
@testable import Sessions

/// The agent's process, its terminal and what it writes: all that outlives a supervisor.
final class ScriptedProgram: Sendable {
    /// The moments of a delivery at which a test can hold it.
    enum Step: Sendable, CaseIterable {
        case beforeTyping
        case typed
        case entered
        case told
    }

    struct Message: Sendable, Hashable {
        let id: String
        let text: String
        var end: AgentTurnEnd?
    }

    private struct State {
        var messages: [Message] = []
        var isAlive = true
        /// Which supervisor may type: an earlier one is dead.
        var life = 0
        var heldAt: Step?
        var doubt: String?
    }

    private let state = Mutex(State())

    // MARK: What a test sees and decides

    /// What the model has received, in order.
    var received: [String] { state.withLock { $0.messages.map(\.text) } }
    var messages: [Message] { state.withLock { $0.messages } }
    var isAlive: Bool { state.withLock { $0.isAlive } }

    func hold(at step: Step?) { state.withLock { $0.heldAt = step } }
    func isHeld(at step: Step) -> Bool { state.withLock { $0.heldAt == step } }
    /// What became of a message that was cut off cannot be told, for this reason.
    func beInDoubt(_ reason: String) { state.withLock { $0.doubt = reason } }
    var doubt: String? { state.withLock { $0.doubt } }

    func die() { state.withLock { $0.isAlive = false } }
    func revive() { state.withLock { $0.isAlive = true } }

    /// Ends the oldest turn that is open, whether a supervisor looks or not.
    @discardableResult
    func endTurn(_ end: AgentTurnEnd = .init(state: .completed, reason: nil)) -> Message? {
        state.withLock { state in
            guard let index = state.messages.firstIndex(where: { $0.end == nil }) else { return nil }
            // Messages that were taken into one turn end with it.
            let id = state.messages[index].id
            for index in state.messages.indices where state.messages[index].id == id { state.messages[index].end = end }
            return state.messages[index]
        }
    }

    // MARK: What a supervisor does

    func beginLife() -> Int {
        state.withLock { state in
            state.life += 1
            return state.life
        }
    }

    /// Enter: nil when the supervisor that presses it is dead.
    func enter(_ text: String, life: Int) -> Message? {
        state.withLock { state in
            guard state.life == life, state.isAlive else { return nil }
            let message = Message(id: "prompt-\(state.messages.count + 1)", text: text)
            state.messages.append(message)
            return message
        }
    }

    /// Adds to the turn that runs: nil when none does, or when the supervisor that does it is dead.
    func steer(_ text: String, life: Int) -> Message? {
        state.withLock { state in
            guard state.life == life, state.isAlive, let running = state.messages.last, running.end == nil else { return nil }
            let message = Message(id: running.id, text: text)
            state.messages.append(message)
            return message
        }
    }

    var isWorking: Bool { state.withLock { $0.messages.contains { $0.end == nil } } }
}
