import Foundation

/// The two ways into Claude Code's input box, and what each does to a message on the way.
enum Route: Sendable, CaseIterable {
    /// Claude calls its editor, which is ours.
    case editor
    /// Bracketed pastes, for a session whose editor is not ours. A state folder whose name has a space in it makes
    /// it so: Claude would take the editor's path apart there.
    case paste

    var stateDirectory: String? {
        switch self {
        case .editor: nil
        case .paste: "state folder"
        }
    }

    /// What the model is to receive, by the README's list of what is done to a message.
    func arrives(_ message: String) -> String {
        var text = message.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        while let last = text.unicodeScalars.last, last.properties.isWhitespace || last == "\u{FEFF}" {
            text.unicodeScalars.removeLast()
        }
        // What looks like Claude's own frame of pasted content.
        text = text.replacing("<pasted_content", with: "<\\pasted_content").replacing("</pasted_content", with: "<\\/pasted_content")
        if self == .editor { return text }
        text = text.replacing("\t", with: "    ").precomposedStringWithCanonicalMapping
        return text.unicodeScalars.first == "!" ? " " + text : text
    }
}
