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
        // Not `hasPrefix`: with a mark on it, it is another character to Swift, and the same to Claude.
        return text.unicodeScalars.first == "!" ? " " + text : text
    }

    /// The pieces, cut between characters (within one only if it is longer than a piece); and within the extension of
    /// every picture's name, because a line that is a picture's path would be taken for the picture.
    static func chunks(of text: String) -> [String] {
        var chunks: [String] = []
        var chunk = String.UnicodeScalarView()
        var count = 0
        var breaks = 0
        func cut() {
            if !chunk.isEmpty { chunks.append(String(chunk)) }
            chunk = String.UnicodeScalarView()
            count = 0
            breaks = 0
        }
        for character in text {
            let size = character.utf16.count
            if count + size > units || (character == "\n" && breaks == lineBreaks) || endsPicture(chunk, character) { cut() }
            for scalar in character.unicodeScalars {
                let size = UTF16.width(scalar)
                if count + size > units { cut() }
                chunk.append(scalar)
                count += size
            }
            if character == "\n" { breaks += 1 }
        }
        cut()
        return chunks
    }

    private static func endsPicture(_ chunk: String.UnicodeScalarView, _ next: Character) -> Bool {
        guard let last = next.unicodeScalars.first, "gfpGFP".unicodeScalars.contains(last) else { return false }
        var end = String.UnicodeScalarView(chunk.suffix(4))
        end.append(last)
        let name = String(end).lowercased()
        return pictures.contains { name.hasSuffix($0) }
    }
}
