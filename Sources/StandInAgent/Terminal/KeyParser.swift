/// Turns the terminal's bytes into keys. Pure: fed in pieces of any size, except that an escape byte is a key of
/// its own only when `flush` says that nothing follows it.
struct KeyParser {
    private var pending: [UInt8] = []
    private var paste: [UInt8]?

    private static let pasteStart: [UInt8] = Array("\u{1b}[200~".utf8)
    private static let pasteEnd: [UInt8] = Array("\u{1b}[201~".utf8)
    private static let escape: UInt8 = 0x1b

    /// Whether there is an escape byte that may be the Escape key or the beginning of a sequence.
    var isUndecided: Bool { paste == nil && pending.first == Self.escape }

    mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        pending += bytes
        var keys: [Key] = []
        while let key = next() { keys += key }
        return keys
    }

    /// Nothing followed: what is there are keys.
    mutating func flush() -> [Key] {
        guard isUndecided else { return [] }
        pending.removeFirst()
        return [.escape] + feed([])
    }

    /// The keys of the next element of the input; none for one that is ignored, nil when more bytes are needed.
    private mutating func next() -> [Key]? {
        if paste != nil { return nextOfPaste() }
        guard let first = pending.first else { return nil }
        if first == Self.escape { return sequence() }
        if first < 0x20 || first == 0x7f {
            pending.removeFirst()
            return Self.control(first)
        }
        return text()
    }

    private mutating func nextOfPaste() -> [Key]? {
        guard let end = pending.firstRange(of: Self.pasteEnd) else {
            // What may be the beginning of the end stays where it is.
            let certain = max(0, pending.count - Self.pasteEnd.count + 1)
            paste? += pending[..<certain]
            pending.removeFirst(certain)
            return nil
        }
        let bytes = (paste ?? []) + pending[..<end.lowerBound]
        pending.removeSubrange(..<end.upperBound)
        paste = nil
        return [.paste(String(decoding: bytes, as: UTF8.self))]
    }

    private mutating func sequence() -> [Key]? {
        guard pending.count > 1 else { return nil }
        guard pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
            pending.removeFirst()
            return [.escape]
        }
        guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7e).contains($0) }) else { return nil }
        let bytes = Array(pending[...end])
        pending.removeSubrange(...end)
        if bytes == Self.pasteStart {
            paste = []
            return []
        }
        return Self.keys[String(decoding: bytes.dropFirst(2), as: UTF8.self)].map { [$0] } ?? []
    }

    private static let keys: [String: Key] = [
        "A": .up, "B": .down, "C": .right, "D": .left, "H": .home, "F": .end, "1~": .home, "4~": .end, "3~": .delete,
        "13u": .enter,
    ]

    private static func control(_ byte: UInt8) -> [Key] {
        switch byte {
        case 0x0d: [.enter]
        case 0x0a: [.lineBreak]
        case 0x08, 0x7f: [.backspace]
        case 0x01...0x1a where byte != 0x09: [.control(Character(UnicodeScalar(byte + 0x60)))]
        // A tab completes something in Claude Code and leaves no character.
        default: []
        }
    }

    private mutating func text() -> [Key]? {
        var end = pending.firstIndex { $0 < 0x20 || $0 == 0x7f } ?? pending.endIndex
        if end == pending.endIndex { end -= Self.lengthOfPartialCharacter(pending) }
        guard end > 0 else { return nil }
        let text = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(..<end)
        return [.text(text)]
    }

    /// How many of the last bytes are the beginning of a character whose rest has not come.
    private static func lengthOfPartialCharacter(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where bytes.count >= length {
            let byte = bytes[bytes.count - length]
            if byte & 0xc0 == 0x80 { continue }
            let needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
            return needed > length ? length : 0
        }
        return 0
    }
}
