/// Messages of random Unicode, the same ones for the same seed: words, code, marks, all planes, and what is special
/// to terminals, to tmux and to Claude Code.
struct RandomMessages: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    private static let pieces = [
        "hello", "~", "~/x.png", "/tmp/x.png", "\"q\"", "it's", "$HOME", "$(id)", "`c`", "\\", "\\n", "#{pane_id}", ";", "-v", "!", "%end", "{", "}",
        "/etc", "\u{4E2D}\u{6587}", "\u{1F44D}\u{1F3FD}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", "1\u{FE0F}\u{20E3}", "\u{1F1E9}\u{1F1EA}",
        "e\u{301}", "\u{212B}", "a.jpg", "@f", "*", "- item", "<b>", "\u{5D0}\u{5D1}", "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}", "||", "\n", "\n\n", "\t",
        "\r\n", "  ", "\u{A0}", "\u{2800}", "[Pasted text #1]", "<system-reminder>", "exit", "q\u{316}\u{317}",
    ]

    /// A message of at least this many bytes, which is no command.
    /// - Parameter anyCharacter: it may hold characters that Claude would remove.
    mutating func message(bytes: Int, anyCharacter: Bool = true) -> String {
        var text = String.UnicodeScalarView()
        var count = 0
        while count < bytes {
            let piece: String
            switch Int.random(in: 0..<10, using: &self) {
            case 0..<6: piece = Self.pieces.randomElement(using: &self)! + (Bool.random(using: &self) ? " " : "")
            case 6..<9: piece = String((0..<8).map { _ in Character(Unicode.Scalar(UInt8.random(in: 0x21...0x7E, using: &self))) })
            default: piece = anyCharacter ? String(scalar()) : "."
            }
            text.append(contentsOf: piece.unicodeScalars)
            count += piece.utf8.count
        }
        let message = String(text)
        // The first character decides what Claude takes it for, and white space is no message.
        return message.first { !$0.isWhitespace }.map { $0 == "/" } ?? true || message.count < 8 ? "x" + message : message
    }

    private mutating func scalar() -> Unicode.Scalar {
        while true {
            let limits: [UInt32] = [0x250, 0x3000, 0x1_0000, 0x2_0000, 0x11_0000]
            let value = UInt32.random(in: 0x20..<limits.randomElement(using: &self)!, using: &self)
            if let scalar = Unicode.Scalar(value) { return scalar }
        }
    }
}
