/// The ids of sessions: `ahri-mid`, and `calm-ahri-mid` when the short ones run out.
///
/// A champion and a role, as the npm tool 0.4.4 names its sessions, with adjectives before them when there are many.
/// No generated name is the beginning of another: the npm tool finds tmux sessions by the beginnings of their names.
public enum SessionName {
    static let roles = ["top", "jg", "mid", "adc", "sup"]

    /// How often names of one length are tried before a word is added.
    private static let attempts = 32

    /// Whether an id can be given: `[a-z0-9][a-z0-9-]{0,62}`, so that it is one word to a shell and to tmux.
    public static func isValid(_ id: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let bytes = id.utf8
        guard let first = bytes.first, isLetterOrDigit(first), bytes.count <= 63 else { return false }
        return bytes.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// A name that is free, at random; it gets longer when those of a length are mostly taken, and is always found.
    public static func random(excluding taken: Set<String>) -> String {
        var generator = SystemRandomNumberGenerator()
        return random(excluding: taken, using: &generator)
    }

    static func random(excluding taken: Set<String>, using generator: inout some RandomNumberGenerator) -> String {
        var adjectiveCount = 0
        while true {
            for _ in 0..<attempts {
                let name = draw(adjectiveCount: adjectiveCount, using: &generator)
                if !taken.contains(name) { return name }
            }
            adjectiveCount += 1
        }
    }

    private static func draw(adjectiveCount: Int, using generator: inout some RandomNumberGenerator) -> String {
        var words = (0..<adjectiveCount).map { _ in adjectives.randomElement(using: &generator)! }
        words.append(champions.randomElement(using: &generator)!)
        words.append(roles.randomElement(using: &generator)!)
        return words.joined(separator: "-")
    }
}
