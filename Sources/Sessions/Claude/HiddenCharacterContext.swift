/// A hidden character with what stands around it, which decides whether Claude Code keeps it.
///
/// The rules are those of Claude Code 2.1.329. All characters before are ones that it keeps: the first that it does
/// not keep ends the search.
struct HiddenCharacterContext {
    private let scalars: [Unicode.Scalar]
    private let index: Int
    private let before: Unicode.Scalar?
    /// Nil at the end, and if it is hidden itself.
    private let visibleAfter: Unicode.Scalar?

    /// How far Claude looks back.
    private static let reach = 16

    init(_ index: Int, in scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        self.index = index
        before = index > 0 ? scalars[index - 1] : nil
        let after = index + 1 < scalars.count ? scalars[index + 1] : nil
        visibleAfter = after.flatMap { HiddenCharacters.contains($0) ? nil : $0 }
    }

    var isKept: Bool {
        switch scalars[index].value {
        case 0x200C: isKeptNonJoiner
        case 0x200D: isKeptJoiner
        case 0x200B: isKeptSpace
        case 0xFE0E, 0xFE0F: followsVisible && (isEmojiBase || isKeycap)
        case 0xFE00...0xFE02: followsVisible && hasVariants
        case 0x200E, 0x200F: lineHas(Self.rightToLeft) && isKeptMark
        case 0x061C: lineHas(Self.arabic) && isKeptMark
        case 0x034F: (followsVisible && isMark(before)) || (!followsHidden && isMark(visibleAfter))
        case 0x17B4, 0x17B5: follows(Self.khmer)
        case 0x180B...0x180F: follows(Self.mongolian) || precedes(Self.mongolian)
        case 0x1107F: followsVisible && Self.brahmi.contains(before) && Self.brahmi.contains(visibleAfter)
        case 0x13430...0x1343F: follows(Self.hieroglyphs) || precedes(Self.hieroglyphs)
        case 0x1BCA0...0x1BCA3: follows(Self.shorthand) || precedes(Self.shorthand)
        default: false
        }
    }

    // MARK: Neighbours

    private var followsHidden: Bool { before.map(HiddenCharacters.contains) ?? false }
    private var followsVisible: Bool { before != nil && !followsHidden }

    /// What stands before, nearest first.
    private var preceding: ReversedCollection<ArraySlice<Unicode.Scalar>> {
        scalars[max(0, index - Self.reach)..<index].reversed()
    }

    /// Whether a letter of the script stands before, marks of that script between.
    private func follows(_ script: JoiningScript) -> Bool {
        follows(script.letters, marks: script.marks) { isLetter($0) }
    }

    private func follows(
        _ scripts: ScalarClass, marks: ScalarClass, where isBase: (Unicode.Scalar) -> Bool
    ) -> Bool {
        if followsHidden { return false }
        for scalar in preceding {
            guard isMark(scalar) else { return isBase(scalar) && scripts.contains(scalar) }
            if !marks.contains(scalar) { return false }
        }
        return false
    }

    private func precedes(_ script: JoiningScript) -> Bool {
        !followsHidden && isLetter(visibleAfter) && script.letters.contains(visibleAfter)
    }

    // MARK: Joiners

    private var isKeptNonJoiner: Bool {
        if follows(Self.nonJoining) { return true }
        guard followsVisible, let before else { return false }
        return precedes(Self.nonJoining) && !before.properties.isWhitespace && !isMark(before)
    }

    private var isKeptJoiner: Bool {
        if follows(Self.joining) || isWithinEmoji { return true }
        guard followsVisible, let before else { return false }
        return precedes(Self.connecting) && !isLetter(before) && !isDigit(before) && !isMark(before)
    }

    /// Between two pictures; the first one may have a skin tone and a presentation.
    private var isWithinEmoji: Bool {
        let modifiers = preceding.prefix(2).prefix { $0.value == 0xFE0F || isSkinTone($0) }.count
        let base = index > modifiers ? scalars[index - 1 - modifiers] : nil
        return Self.pictures.contains(base) && Self.pictures.contains(visibleAfter)
    }

    private var isKeptSpace: Bool {
        let isBeforeLetter = Self.spaceless.contains(visibleAfter) && !isMark(visibleAfter)
        if follows(Self.spaceless, marks: Self.spaceless, where: { _ in true }) {
            return isBeforeLetter || isASCIIDigit(visibleAfter)
        }
        return isBeforeLetter && followsVisible && isASCIIDigit(before)
    }

    // MARK: Variants

    private var isEmojiBase: Bool {
        before.map { $0.value >= 0xA9 && ($0.properties.isEmoji || Self.pictures.contains($0)) } ?? false
    }

    private var isKeycap: Bool {
        (isASCIIDigit(before) || before == "#" || before == "*") && visibleAfter?.value == 0x20E3
    }

    private var hasVariants: Bool {
        guard let before else { return false }
        if Self.hieroglyphs.letters.contains(before) { return true }
        return scalars[index].value == 0xFE00
            && ((0x2200...0x2AFF).contains(before.value) && before.properties.generalCategory == .mathSymbol
                || Self.withVariants.contains(before))
    }

    /// The length of a flag of England, Scotland or Wales, which is spelled with hidden letters.
    static func flagLength(at index: Int, in scalars: [Unicode.Scalar]) -> Int? {
        guard scalars[index].value == 0x1F3F4 else { return nil }
        let letters = scalars[(index + 1)...].prefix(6).map(\.value)
        let spelled = ["gbeng", "gbsct", "gbwls"].map { $0.unicodeScalars.map { 0xE0000 + $0.value } + [0xE007F] }
        return spelled.contains(letters) ? 1 + letters.count : nil
    }

    // MARK: Directions

    private func lineHas(_ scripts: ScalarClass) -> Bool {
        let start = scalars[..<index].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return scalars[start...].prefix { $0 != "\n" }.contains { Self.mayRunLeft($0) && isLetter($0) && scripts.contains($0) }
    }

    /// The blocks of scripts that run from right to left: a look at them saves most looks at scripts.
    private static func mayRunLeft(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
        default: false
        }
    }

    /// A mark of direction is kept at the edge of a word; within one, or within a number, it would only hide.
    private var isKeptMark: Bool {
        guard !followsHidden else { return false }
        let isLast = index + 1 == scalars.count
        guard isLast || visibleAfter.map({ !isMark($0) }) ?? false else { return false }
        return !isWithinWord
    }

    private var isWithinWord: Bool {
        guard let after = visibleAfter, isLetter(after) || isDigit(after) else { return false }
        for scalar in preceding {
            if HiddenCharacters.contains(scalar) { return true }
            if isMark(scalar) { continue }
            guard isLetter(after) else { return isDigit(scalar) }
            return isLetter(scalar) && runsLeft(scalar) == runsLeft(after)
        }
        return index >= Self.reach
    }

    private func runsLeft(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{640}" || Self.rightToLeft.contains(scalar)
    }

    // MARK: Classes

    private func isLetter(_ scalar: Unicode.Scalar?) -> Bool {
        switch scalar?.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private func isMark(_ scalar: Unicode.Scalar?) -> Bool {
        switch scalar?.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .decimalNumber
    }

    private func isASCIIDigit(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { ("0"..."9").contains($0) } ?? false
    }

    private func isSkinTone(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F3FB...0x1F3FF).contains(scalar.value)
    }

    private struct JoiningScript: Sendable {
        let letters: ScalarClass
        let marks: ScalarClass

        /// - Parameter names: as Unicode spells scripts.
        init(_ names: String...) {
            letters = ScalarClass(names.map { "\\p{Script=\($0)}" }.joined())
            marks = ScalarClass(names.map { "\\p{Script_Extensions=\($0)}" }.joined())
        }

        init(only letters: ScalarClass) {
            self.letters = letters
            marks = letters
        }
    }

    private static let nonJoining = JoiningScript(
        "Arabic", "Syriac", "Nko", "Mongolian", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil",
        "Telugu", "Kannada", "Malayalam", "Sinhala", "Myanmar", "Khmer", "Tibetan")
    private static let joining = JoiningScript(
        "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala",
        "Myanmar", "Khmer", "Tibetan", "Arabic", "Syriac", "Tifinagh")
    private static let connecting = JoiningScript("Arabic", "Syriac", "Mongolian", "Nko")
    private static let khmer = JoiningScript(only: .scripts("Khmer"))
    private static let mongolian = JoiningScript(only: .scripts("Mongolian"))
    private static let hieroglyphs = JoiningScript(only: .scripts("Egyptian_Hieroglyphs"))
    private static let shorthand = JoiningScript(only: .scripts("Duployan"))
    private static let brahmi = ScalarClass.scripts("Brahmi")
    private static let spaceless = ScalarClass.scripts("Khmer", "Thai", "Lao", "Myanmar")
    private static let withVariants = ScalarClass.scripts("Myanmar", "Phags_Pa", "Manichaean")
    private static let arabic = ScalarClass.scripts("Arabic", "Syriac", "Thaana", "Hanifi_Rohingya")
    private static let rightToLeft = ScalarClass.scripts(
        "Arabic", "Hebrew", "Syriac", "Thaana", "Nko", "Samaritan", "Mandaic", "Adlam", "Hanifi_Rohingya", "Yezidi")
    private static let pictures = ScalarClass("\\p{Extended_Pictographic}")
}
