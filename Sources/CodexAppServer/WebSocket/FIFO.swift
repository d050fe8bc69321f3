/// First in, first out; both ends in constant time on average, and nothing is kept that was taken out.
struct FIFO<Element> {
    private var added: [Element] = []
    /// In reverse order.
    private var next: [Element] = []

    var isEmpty: Bool { added.isEmpty && next.isEmpty }

    mutating func append(_ element: Element) {
        added.append(element)
    }

    mutating func popFirst() -> Element? {
        if next.isEmpty {
            next = added.reversed()
            added = []
        }
        return next.popLast()
    }

    mutating func removeAll() {
        self = FIFO()
    }
}
