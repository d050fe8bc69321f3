/// The messages that were entered while a turn ran, as the transcript's queue operations tell of them.
struct MessageQueue: Sendable {
    /// Waiting, in order.
    private(set) var waiting: [QueuedMessage] = []
    /// Taken from the queue; their entries are on the way.
    private(set) var dequeued: [QueuedMessage] = []
    /// Absorbed messages whose attachments are still to come, by the uuid that those will name.
    private var announced: Set<String> = []

    mutating func enqueue(_ message: QueuedMessage) { waiting.append(message) }

    mutating func dequeue() {
        guard !waiting.isEmpty else { return }
        dequeued.append(waiting.removeFirst())
    }

    /// Takes a message out of the queue; without a text, the first.
    mutating func remove(text: String?) -> QueuedMessage? {
        guard let text else { return waiting.isEmpty ? nil : waiting.removeFirst() }
        return waiting.firstIndex { $0.text.sameBytes(as: text) }.map { waiting.remove(at: $0) }
    }

    /// A message has its entry: it is no longer on the way.
    mutating func arrived(text: String) {
        if let index = dequeued.firstIndex(where: { $0.text.sameBytes(as: text) }) {
            dequeued.remove(at: index)
        } else if let index = waiting.firstIndex(where: { $0.text.sameBytes(as: text) }) {
            waiting.remove(at: index)
        }
    }

    mutating func announceAttachment(_ uuid: String) { announced.insert(uuid) }

    /// Whether an attachment was announced, which is then forgotten.
    mutating func wasAnnounced(_ uuid: String?) -> Bool { uuid.flatMap { announced.remove($0) } != nil }

    /// Empties the queue.
    mutating func drain() -> [QueuedMessage] {
        defer { self = MessageQueue() }
        return dequeued + waiting
    }
}

extension String {
    /// Equality of texts that are to arrive verbatim; `==` takes canonically equivalent ones for equal.
    func sameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
