/// What the person sees: lines of the conversation, and the input box below them. Nothing reads it but people.
struct Screen {
    private var isOpen = false
    /// What was said while the terminal was another program's.
    private var held: [String]?

    /// The longest piece of the input box that is drawn.
    private static let visibleLength = 200

    mutating func open() {
        isOpen = true
        // Bracketed paste, so that tmux marks pastes.
        Terminal.write("\u{1b}[?2004h" + "Stand-in for Claude Code v\(Version.number)\r\n")
    }

    mutating func say(_ text: String) {
        guard held == nil else {
            held?.append(text)
            return
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        Terminal.write("\r\u{1b}[J" + lines.joined(separator: "\r\n") + "\r\n")
    }

    func draw(_ box: InputBox) {
        guard isOpen, held == nil else { return }
        let line = box.bareText.suffix(Self.visibleLength).map { $0.isNewline ? "⏎" : $0 }
        Terminal.write("\r\u{1b}[J❯ " + String(line))
    }

    /// Leaves the terminal to another program.
    mutating func handOver() {
        held = []
        Terminal.write("\r\u{1b}[J\u{1b}[?2004l")
    }

    mutating func takeBack() {
        Terminal.write("\u{1b}[?2004h")
        let texts = held ?? []
        held = nil
        for text in texts { say(text) }
    }

    func close() {
        Terminal.write("\r\u{1b}[J\u{1b}[?2004l")
    }
}
