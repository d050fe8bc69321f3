import Foundation

/// A text as bracketed pastes: the way into the input box of an agent whose editor is not ours, and the way for commands.
///
/// Measured with Claude Code 2.1.329: a paste of over 800 UTF-16 units or with three line breaks is framed as pasted
/// content that the model is told to treat with reserve; smaller ones arrive as if typed. A paste changes a text as
/// ``text(_:)`` does, and takes time that grows with the square of the number of pieces.
enum ClaudePaste {
    private static let units = 700
    private static let lineBreaks = 2
    private static let pictures = [".png", ".jpg", ".jpeg", ".gif", ".webp"]

    /// What of a text arrives by pasting: Unicode in NFC, a tab as four spaces, and a leading `!`, which would make a
    /// shell command of it, behind a space.
    static func text(_ text: String) -> String {
        let text = text.replacing("\t", with: "    ").precomposedStringWithCanonicalMapping
        return text.hasPrefix("!") ? " " + text : text
    }

    /// The pieces, cut between characters; and within the extension of every picture's name, because a line that is
    /// a picture's path would be taken for the picture.
    static func chunks(of text: String) -> [String] {
        var chunks: [String] = []
        var chunk = ""
        var count = 0
        var breaks = 0
        func cut() {
            chunks.append(chunk)
            chunk = ""
            count = 0
            breaks = 0
        }
        for character in text {
            let size = character.utf16.count
            if !chunk.isEmpty, count + size > units || (character == "\n" && breaks == lineBreaks) || endsPicture(chunk, character) { cut() }
            chunk.append(character)
            count += size
            if character == "\n" { breaks += 1 }
        }
        if !chunk.isEmpty { chunks.append(chunk) }
        return chunks
    }

    private static func endsPicture(_ chunk: String, _ next: Character) -> Bool {
        let end = (chunk.suffix(4) + String(next)).lowercased()
        return pictures.contains { end.hasSuffix($0) }
    }
}
