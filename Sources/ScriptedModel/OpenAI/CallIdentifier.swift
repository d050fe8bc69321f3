/// The identifier of a call tells to which answer it belongs and where it stands there, because Codex sends calls and
/// results as items of one list, and results in the order in which tools ended.
struct CallIdentifier {
    let answer: String
    let position: Int

    init(answer: String, position: Int) {
        self.answer = answer
        self.position = position
    }

    /// Nil for a call that the scripted model did not make.
    init?(_ text: String) {
        let parts = text.split(separator: "_")
        guard parts.count == 3, parts[0] == "call", let position = Int(parts[2]) else { return nil }
        (answer, self.position) = (String(parts[1]), position)
    }

    var text: String { "call_\(answer)_\(position)" }
}
