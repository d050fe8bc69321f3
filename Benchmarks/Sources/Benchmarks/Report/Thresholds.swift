import Foundation

/// How bad a figure may become before a check fails: relative to its floor of the same run, because machines differ.
struct Thresholds: Decodable {
    struct Threshold: Decodable {
        var maximumRatio: Double?
        /// For figures without a floor, in their own unit.
        var maximum: Double?
    }

    private let thresholds: [String: Threshold]

    init(from decoder: any Decoder) throws {
        thresholds = try decoder.singleValueContainer().decode([String: Threshold].self)
    }

    static func load(_ path: String) throws -> Thresholds {
        try JSONDecoder().decode(Thresholds.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// A sentence for each figure that is worse than it may be, or that has no threshold.
    func violations(of figures: [Figure]) -> [String] {
        figures.compactMap { figure in
            guard let threshold = thresholds[figure.key] else { return "\(figure.key) has no threshold" }
            if let maximum = threshold.maximumRatio, let ratio = figure.undisturbedRatio, !(ratio <= maximum) {
                return "\(figure.key): \(Report.number(ratio)) times its floor, at most \(Report.number(maximum))"
            }
            if let maximum = threshold.maximum, !(figure.value <= maximum) {
                return "\(figure.key): \(Report.number(figure.value)) \(figure.unit), at most \(Report.number(maximum))"
            }
            return nil
        }
    }
}
