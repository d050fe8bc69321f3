extension Duration {
    private static let units: [(name: Character, seconds: Double)] = [("d", 86400), ("h", 3600), ("m", 60), ("s", 1)]

    /// In the form of ``init(text:)``, such as `1h30m`.
    public var text: String {
        var rest = self / .seconds(1)
        var text = ""
        for unit in Self.units {
            let isLast = unit.name == "s"
            let count = isLast ? rest : (rest / unit.seconds).rounded(.down)
            guard count > 0 else { continue }
            text += (count == count.rounded() ? String(Int64(count)) : String(count)) + String(unit.name)
            rest -= count * unit.seconds
        }
        return text.isEmpty ? "0s" : text
    }

    /// Reads `90`, `90s`, `1.5h`, `1h30m`, `7d`; a number alone means seconds.
    /// - Returns: nil when it is no duration.
    public init?(text: String) {
        if let seconds = Double(text), seconds.isFinite, seconds >= 0, text.allSatisfy({ $0.isNumber || $0 == "." }) {
            self = .seconds(seconds)
            return
        }
        var seconds = 0.0
        var rest = text[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            guard let count = Double(digits), let name = rest.popFirst(), let unit = Self.units.first(where: { $0.name == name }) else { return nil }
            seconds += count * unit.seconds
        }
        guard seconds.isFinite, seconds < 1e12 else { return nil }
        self = .seconds(seconds)
    }
}
