/// One measured quantity, what it is compared with, and what is aimed at.
struct Figure: Sendable {
    struct Floor: Sendable {
        /// What the least is that any program would need: "a bare process".
        let name: String
        let value: Double
        var minimum: Double?
    }

    enum Aim: Sendable {
        /// At most so much.
        case below(Double)
        /// At most so much more than the floor.
        case aboveFloor(atMost: Double)
    }

    /// The name in `thresholds.json`.
    let key: String
    let name: String
    let unit: String
    let value: Double
    /// The smallest value seen, for figures that were measured several times.
    var minimum: Double?
    var floor: Floor?
    var aim: Aim?

    var ratio: Double? { floor.map { value / $0.value } }

    /// The ratio that other work on the machine changes least: of the smallest values, where there are some.
    var undisturbedRatio: Double? {
        guard let minimum, let least = floor?.minimum else { return ratio }
        return minimum / least
    }

    enum Verdict: Sendable {
        case met
        /// Only by the smallest values seen: other work on the machine may have made the rest longer.
        case metByMinima
        case missed
    }

    var verdict: Verdict? {
        guard let aim else { return nil }
        if aim.allows(value, above: floor?.value) { return .met }
        guard let minimum else { return .missed }
        return aim.allows(minimum, above: floor?.minimum) ? .metByMinima : .missed
    }
}

extension Figure.Aim {
    fileprivate func allows(_ value: Double, above floor: Double?) -> Bool {
        switch self {
        case .below(let limit): value <= limit
        case .aboveFloor(let limit): floor.map { value - $0 <= limit } ?? false
        }
    }
}

extension Figure {
    init(
        _ key: String, _ name: String, _ samples: Samples, floor: (name: String, samples: Samples)? = nil, aim: Aim? = nil
    ) {
        self.init(
            key: key, name: name, unit: "ms", value: samples.median, minimum: samples.minimum,
            floor: floor.map { Floor(name: $0.name, value: $0.samples.median, minimum: $0.samples.minimum) }, aim: aim)
    }
}
