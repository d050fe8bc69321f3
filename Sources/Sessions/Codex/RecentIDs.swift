/// The newest of many ids.
struct RecentIDs: Sendable {
    private let limit: Int
    private var known: Set<String> = []
    private var order: [String] = []

    init(limit: Int) {
        self.limit = limit
    }

    var isEmpty: Bool { known.isEmpty }

    func contains(_ id: String) -> Bool { known.contains(id) }

    /// - Returns: false when it was there already.
    @discardableResult
    mutating func insert(_ id: String) -> Bool {
        guard known.insert(id).inserted else { return false }
        order.append(id)
        if order.count > 2 * limit {
            for old in order.prefix(limit) { known.remove(old) }
            order.removeFirst(limit)
        }
        return true
    }
}
