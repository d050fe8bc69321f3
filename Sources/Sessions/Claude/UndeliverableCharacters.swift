/// Characters that Claude Code 2.1.329 removes or changes in what is typed or pasted at its prompt.
enum UndeliverableCharacters {
    struct Found: Sendable, Hashable {
        /// For example `U+200B (ZERO WIDTH SPACE)`.
        let name: String
        /// Counted from 1, in Unicode scalars.
        let position: Int
    }

    static func first(in text: String) -> Found? {
        for (index, scalar) in text.unicodeScalars.enumerated() where isRemoved(scalar) {
            let code = String(scalar.value, radix: 16, uppercase: true)
            let number = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
            return Found(name: scalar.properties.name.map { "\(number) (\($0))" } ?? number, position: index + 1)
        }
        return nil
    }

    private static func isRemoved(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0...0x1F, 0x7F...0x9F: true
        default: scalar.properties.generalCategory == .format
        }
    }
}
