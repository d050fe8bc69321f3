/// What was measured several times. Other work on the machine only ever adds to a time, so the median is what is
/// reported and the minimum what it could be.
struct Samples: Sendable {
    private var sorted: [Double]

    init(_ values: [Double]) {
        sorted = values.sorted()
    }

    var count: Int { sorted.count }
    var minimum: Double { sorted.first ?? .nan }
    var median: Double { percentile(50) }

    /// The smallest value that is not exceeded by `percent` per cent of all.
    func percentile(_ percent: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let rank = Int((percent / 100 * Double(sorted.count)).rounded(.up))
        return sorted[min(max(rank, 1), sorted.count) - 1]
    }
}
