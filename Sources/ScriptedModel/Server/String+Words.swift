extension String {
    /// The words, each with the space that follows it.
    var words: [String] {
        var words: [String] = [""]
        for character in self {
            words[words.count - 1].append(character)
            if character == " " { words.append("") }
        }
        return words
    }
}
