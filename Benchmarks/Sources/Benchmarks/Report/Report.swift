import Foundation

/// The figures as a Markdown table.
struct Report {
    let figures: [Figure]

    var markdown: String {
        var lines = ["| figure | median (minimum) | floor | ratio | aim |", "|---|---|---|---|---|"]
        for figure in figures {
            let cells = [figure.name, measured(figure), floor(figure), ratio(figure), aim(figure)]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }

    private func measured(_ figure: Figure) -> String {
        let minimum = figure.minimum.map { " (\(Self.number($0)))" } ?? ""
        return "\(Self.number(figure.value))\(minimum) \(figure.unit)"
    }

    private func floor(_ figure: Figure) -> String {
        guard let floor = figure.floor else { return "" }
        let minimum = floor.minimum.map { " (\(Self.number($0)))" } ?? ""
        return "\(Self.number(floor.value))\(minimum) \(figure.unit), \(floor.name)"
    }

    private func ratio(_ figure: Figure) -> String {
        figure.ratio.map { Self.number($0) } ?? ""
    }

    private func aim(_ figure: Figure) -> String {
        let aim: String
        switch figure.aim {
        case .below(let limit): aim = "< \(Self.number(limit)) \(figure.unit)"
        case .aboveFloor(let limit): aim = "floor + \(Self.number(limit)) \(figure.unit)"
        case nil: return ""
        }
        return switch figure.verdict {
        case .met: "\(aim): met"
        case .metByMinima: "\(aim): met by the minima"
        case .missed, nil: "\(aim): **missed**"
        }
    }

    /// Three significant digits.
    static func number(_ value: Double) -> String {
        let digits = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
        let text = String(format: "%.\(digits)f", value)
        return text.contains(".") && text.hasSuffix("0") && value == value.rounded() ? String(format: "%.0f", value) : text
    }
}
