/// Characters that Claude Code removes or changes wherever they enter its prompt.
///
/// The set is the one in Claude Code 2.1.329, confirmed by sending each. It keeps some of them where they have a
/// meaning: in emoji, between letters of Indic and Arabic scripts, and next to text that runs from right to left.
enum HiddenCharacters {
    struct Found: Sendable, Hashable {
        /// For example `U+200B (ZERO WIDTH SPACE)`.
        let name: String
        /// Counted from 1, in Unicode scalars.
        let position: Int
    }

    static func first(in text: String) -> Found? {
        var position = 0
        var before: Unicode.Scalar?
        for character in text {
            let isEmoji = character.unicodeScalars.contains { $0.properties.isEmojiPresentation || $0.properties.isEmoji }
            let scalars = Array(character.unicodeScalars)
            for (index, scalar) in scalars.enumerated() {
                position += 1
                defer { before = scalar }
                guard isHidden(scalar) else { continue }
                let after = index + 1 < scalars.count ? scalars[index + 1] : nil
                if isEmoji, scalars.count > 1, index > 0, isPartOfEmoji(scalar) { continue }
                if isJoiner(scalar), let before, isCursive(before), after.map(isCursive) ?? true { continue }
                if isMark(scalar), before.map(isRightToLeft) ?? false { continue }
                return Found(name: name(scalar), position: position)
            }
        }
        return nil
    }

    private static func name(_ scalar: Unicode.Scalar) -> String {
        let code = String(scalar.value, radix: 16, uppercase: true)
        let number = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
        return scalar.properties.name.map { "\(number) (\($0))" } ?? number
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A: false
        case 0...0x1F, 0x7F...0x9F, 0xAD, 0x34F, 0x61C, 0x115F...0x1160, 0x17B4...0x17B5, 0x180B...0x180F,
             0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFE00...0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB,
             0x1107F, 0x13430...0x1343F, 0x16FE4, 0x1BCA0...0x1BCA3, 0x1D173...0x1D17A, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    /// The joiner, the selectors of a presentation, and the letters of a flag.
    private static func isPartOfEmoji(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200D, 0xFE0E, 0xFE0F, 0xE0020...0xE007F: true
        default: false
        }
    }

    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200C || scalar.value == 0x200D
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value == 0x200E || scalar.value == 0x200F || scalar.value == 0x61C
    }

    /// Arabic and its relatives, and the scripts of India.
    private static func isCursive(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0620...0x06FF, 0x0750...0x077F, 0x08A0...0x08FF, 0x0900...0x0DFF: true
        default: false
        }
    }

    private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFC: true
        default: false
        }
    }
}
