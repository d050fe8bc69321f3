/// What other threads want to run on the loop's, in order, and whether there is a loop to run it.
struct JobQueue {
    enum Item: Sendable {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    enum Phase {
        /// The loop's thread drains the queue.
        case running
        /// The thread closes what is its own and runs nothing any more.
        case ending
        /// The thread has ended and the queue is empty.
        case ended
        /// The thread has ended and somebody drains the queue in its place.
        case late
    }

    var items: [Item] = []
    /// A wake-up is on its way: another would be lost in it anyway.
    var isSignalled = false
    var phase = Phase.running
    /// The first is told that it was the first.
    var shutdownWaiters: [CheckedContinuation<Bool, Never>] = []
}

/// What the loop's thread has taken from the queue and not run yet.
struct JobBatch {
    private var items: [JobQueue.Item] = []
    private var position = 0

    var isEmpty: Bool { position == items.count }

    mutating func next() -> JobQueue.Item? {
        guard position < items.count else { return nil }
        defer { position += 1 }
        return items[position]
    }

    /// Only when empty: the two arrays change places, so that neither is allocated again.
    mutating func refill(from queue: inout JobQueue) {
        queue.isSignalled = false
        guard isEmpty else { return }
        items.removeAll(keepingCapacity: true)
        position = 0
        swap(&items, &queue.items)
    }

    /// What is left, in order.
    mutating func takeRest() -> [JobQueue.Item] {
        defer { self = JobBatch() }
        return Array(items[position...])
    }
}
