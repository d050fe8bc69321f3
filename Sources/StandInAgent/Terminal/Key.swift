/// What a person, or tmux in a person's place, did at the keyboard.
enum Key: Sendable, Hashable {
    /// Printable characters that came in one piece.
    case text(String)
    /// A bracketed paste.
    case paste(String)
    case enter
    /// Line feed, which Claude Code takes for a line break in the message.
    case lineBreak
    case escape
    case backspace
    case delete
    case left, right, up, down, home, end
    /// Control and a lower-case letter.
    case control(Character)
}
