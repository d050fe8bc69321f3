/// Characters that Claude Code removes or changes wherever they enter its prompt.
///
/// The set, and the contexts in which Claude keeps some of them because they mean something there (emoji, letters that
/// join, text that runs from right to left, marks, hieroglyphs), are those of Claude Code 2.1.329, confirmed by
/// sending them. See ``HiddenCharacterContext``.
enum HiddenCharacters {
    struct Found: Sendable, Hashable {
        /// For example `U+200B (ZERO WIDTH SPACE)`.
        let name: String
        /// Counted from 1, in Unicode scalars.
        let position: Int
    }

    static func first(in text: String) -> Found? {
        guard text.unicodeScalars.contains(where: contains) else { return nil }
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            if let length = HiddenCharacterContext.flagLength(at: index, in: scalars) {
                index += length
                continue
            }
            let scalar = scalars[index]
            if contains(scalar), !HiddenCharacterContext(index, in: scalars).isKept {
                return Found(name: name(scalar), position: index + 1)
            }
            index += 1
        }
        return nil
    }

    private static func name(_ scalar: Unicode.Scalar) -> String {
        let code = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
        return scalar.properties.name.map { "\(number) (\($0))" } ?? number
    }

    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F,
             0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB,
             0x1107F, 0x13430...0x1343F, 0x16FE4, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }
}
