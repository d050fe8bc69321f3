extension JSON {
    /// A number by its spelling, so that `1.0`, `1e2` and integers past 2^53 survive a round trip.
    ///
    /// Two numbers are equal when they are spelled alike.
    public struct Number: Sendable, Hashable {
        /// The number as it stands in JSON text.
        public let spelling: String

        public init(_ value: Int) { spelling = String(value) }

        /// Spelled as ECMAScript does (`1`, `0.1`, `1e+21`); `nil` for a value that is not finite.
        public init?(_ value: Double) {
            guard value.isFinite else { return nil }
            spelling = Self.spell(value)
        }

        /// For the parser, which has checked the spelling.
        init(checkedSpelling: String) { spelling = checkedSpelling }

        /// The value when it is integral (`1.0` and `1e2` count) and fits.
        public var int: Int? { Int(spelling) ?? Int(exactly: double) }

        /// The nearest value; a number too large for a `Double` is infinite.
        public var double: Double { Double(spelling) ?? .nan }
    }
}

extension JSON.Number {
    /// `Number::toString` of ECMAScript 2024, section 6.1.6.1.20. Swift's description has the same shortest digits.
    private static func spell(_ value: Double) -> String {
        guard value != 0 else { return "0" }
        guard value > 0 else { return "-" + spell(-value) }
        let mantissaAndExponent = value.description.split(separator: "e")
        let mantissa = mantissaAndExponent[0].split(separator: ".")
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
        let exponent = mantissaAndExponent.count > 1 ? Int(mantissaAndExponent[1])! : 0

        let padded = mantissa[0] + fraction
        let leadingZeros = padded.prefix { $0 == "0" }.count
        var digits = String(padded.dropFirst(leadingZeros))
        /// The value is 0.digits × 10^point.
        let point = mantissa[0].count - leadingZeros + exponent
        while digits.last == "0" { digits.removeLast() }

        switch point {
        case digits.count...21 where digits.count <= 21:
            return digits + String(repeating: "0", count: point - digits.count)
        case 1...21:
            let index = digits.index(digits.startIndex, offsetBy: point)
            return digits[..<index] + "." + digits[index...]
        case -5...0:
            return "0." + String(repeating: "0", count: -point) + digits
        default:
            let power = (point > 0 ? "e+" : "e-") + String(abs(point - 1))
            return digits.count == 1 ? digits + power : digits.prefix(1) + "." + digits.dropFirst() + power
        }
    }
}
