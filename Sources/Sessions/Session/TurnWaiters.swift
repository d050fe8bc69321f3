/// Who waits for which turn. Waiting costs nothing: a waiter is called when its turn is done, and never asked before.
struct TurnWaiters {
    typealias Handler = @Sendable (WaitOutcome) -> Void

    struct Waiter {
        let id: Int
        /// Nil waits for the first turn after this one.
        var turn: Int64?
        let previous: Int64
        let handler: Handler
    }

    private var waiters: [Waiter] = []
    private var nextID = 0

    var isEmpty: Bool { waiters.isEmpty }

    /// - Parameters:
    ///   - turn: nil for the first one that is newer than `previous`.
    mutating func add(turn: Int64?, after previous: Int64 = 0, _ handler: @escaping Handler) -> Int {
        nextID += 1
        waiters.append(Waiter(id: nextID, turn: turn, previous: previous, handler: handler))
        return nextID
    }

    mutating func remove(_ id: Int) {
        waiters.removeAll { $0.id == id }
    }

    /// Those who wait for no turn in particular wait for the first one that is new to them from now on.
    /// - Parameter turns: in the order in which the agent has them.
    mutating func bindUnbound(to turns: [Int64]) {
        for index in waiters.indices where waiters[index].turn == nil {
            waiters[index].turn = turns.first { $0 > waiters[index].previous }
        }
    }

    /// Takes out the waiters for whom there is an outcome, to be called by the caller after its own state is settled.
    mutating func take(where outcome: (Waiter) -> WaitOutcome?) -> [(Handler, WaitOutcome)] {
        var done: [(Handler, WaitOutcome)] = []
        waiters.removeAll { waiter in
            guard let outcome = outcome(waiter) else { return false }
            done.append((waiter.handler, outcome))
            return true
        }
        return done
    }
}
