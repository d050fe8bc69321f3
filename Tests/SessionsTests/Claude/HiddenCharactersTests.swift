@testable import Sessions
import Testing

/// Characters that Claude Code 2.1.329 removes, and those that it keeps for what stands around them. The contexts
/// are verdicts of the program itself.
@Suite struct HiddenCharactersTests {
    private static let ranges: [ClosedRange<UInt32>] = [
        0...0x08, 0x0B...0x1F, 0x7F...0x9F, 0xAD...0xAD, 0x34F...0x34F, 0x61C...0x61C, 0x115F...0x1160, 0x17B4...0x17B5,
        0x180B...0x180F, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0x3164...0x3164, 0xFE00...0xFE0F, 0xFEFF...0xFEFF,
        0xFFA0...0xFFA0, 0xFFF0...0xFFFB, 0x1107F...0x1107F, 0x13430...0x1343F, 0x16FE4...0x16FE4, 0x1BCA0...0x1BCA3,
        0x1D173...0x1D17A, 0xE0000...0xE0FFF,
    ]

    @Test("the set is complete, and no other character is in it")
    func set() {
        let wrong = (0...UInt32(0x10FFFF)).lazy.compactMap(Unicode.Scalar.init).filter { scalar in
            HiddenCharacters.contains(scalar) != Self.ranges.contains { $0.contains(scalar.value) }
        }
        #expect(Array(wrong) == [])
    }

    @Test("each is refused alone, and between letters", arguments: ranges)
    func everyScalar(range: ClosedRange<UInt32>) {
        for scalar in range.compactMap(Unicode.Scalar.init) {
            #expect(HiddenCharacters.first(in: String(scalar))?.position == 1)
            #expect(HiddenCharacters.first(in: "a\(scalar)b")?.position == 2)
        }
    }

    @Test("it is named, with its place counted in scalars", arguments: [
        ("a\u{200B}b", "U+200B (ZERO WIDTH SPACE)", 2),
        ("\u{1F468}\u{200D}\u{1F469} x\u{2060}", "U+2060 (WORD JOINER)", 6),
        ("line\nx\u{AD}y", "U+00AD (SOFT HYPHEN)", 7),
        ("x\u{1B}[31m", "U+001B", 2),
        ("\u{7}", "U+0007", 1),
    ])
    func name(text: String, name: String, position: Int) {
        #expect(HiddenCharacters.first(in: text) == .init(name: name, position: position))
    }

    @Test("what they mean something to keeps them", arguments: [
        "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}",  // family
        "\u{1F469}\u{1F3FD}\u{200D}\u{1F680}",  // skin tone and joiner
        "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}", "\u{1F441}\u{FE0F}\u{200D}\u{1F5E8}\u{FE0F}", "\u{2764}\u{FE0F}\u{200D}\u{1F525}",
        "1\u{FE0F}\u{20E3} #\u{FE0F}\u{20E3} *\u{FE0F}\u{20E3}",  // keycaps
        "\u{2764}\u{FE0F} \u{2764}\u{FE0E} \u{A9}\u{FE0F}",
        "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",  // England
        "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}",  // Scotland
        "\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}",  // Wales
        "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645}",  // Persian
        "\u{915}\u{94D}\u{200D}\u{937} \u{915}\u{94D}\u{200C}\u{937}",  // Devanagari
        "\u{DC1}\u{DCA}\u{200D}\u{DBB}\u{DD3}",  // Sinhala
        "\u{5D0}\u{5D1}\u{200F}! abc\u{200E}", "\u{5D0}\u{5D1} (C++\u{200E})", "\u{628} \u{661}\u{61C} x",
        "\u{1780}\u{200B}\u{1781} \u{E01}\u{200B}\u{E02}",  // Khmer, Thai
        "\u{1820}\u{180E}\u{1820} \u{1820}\u{180B}", "a\u{34F}\u{301}",
        "\u{2229}\u{FE00}", "\u{13000}\u{FE01} \u{13000}\u{13430}\u{13001}", "\u{11013}\u{1107F}\u{11013}",
    ])
    func kept(text: String) {
        #expect(HiddenCharacters.first(in: text) == nil)
    }

    @Test("elsewhere they are refused", arguments: [
        ("1\u{200D}2", 2), ("a\u{FE0F}", 2), ("1\u{FE0F}", 2), ("\u{1F468}\u{200D}", 2), ("\u{1F468}\u{200D}a", 2),
        ("\u{1F468}\u{200D}\u{200D}\u{1F469}", 2), ("\u{2764}\u{FE0F}\u{FE0F}", 3), ("\u{200D}\u{1F468}", 1),
        ("\u{1F3F4}\u{E0067}\u{E0062}\u{E007F}", 2), ("\u{E0067}", 1),
        ("\u{5D0}\u{200F}\u{5D1}", 2), ("\u{200F}abc", 1), ("\u{5D0}\n\u{200F}abc", 3), ("\u{5D0} 1\u{200E}2", 4),
        ("\u{5D0}\u{202E}", 2), ("\u{5D0}\u{2067}x\u{2069}", 2), ("\u{645}\u{200C}\u{200C}\u{645}", 3),
        ("a\u{200B}\u{1780}", 2), ("\u{628}\u{200B}\u{628}", 2), ("x\u{61C}\u{5D0}", 2), ("\u{4E2D}\u{E0100}", 2),
    ])
    func refused(text: String, position: Int) {
        #expect(HiddenCharacters.first(in: text)?.position == position)
    }
}
