extension String {
    /// The text in pieces of 4096 characters: a real model's stream has no long ones.
    var pieces: [String] {
        var pieces: [String] = []
        var rest = self[...]
        while !rest.isEmpty {
            let piece = rest.prefix(4096)
            pieces.append(String(piece))
            rest = rest[piece.endIndex...]
        }
        return pieces
    }
}
