/// What became of telling the server to stop a turn.
struct CodexInterruption: Sendable {
    let turn: String
    /// Why the server did not.
    var refusal: String?
}
