extension RawSpan {
    /// The first newline at or after an offset, looked for eight bytes at a time.
    func firstNewline(from start: Int) -> Int? {
        var offset = start
        while offset + 8 <= byteCount {
            let found = newlines(at: offset)
            if found != 0 { return offset + found.trailingZeroBitCount / 8 }
            offset += 8
        }
        while offset < byteCount {
            if unsafeLoad(fromByteOffset: offset, as: UInt8.self) == UInt8(ascii: "\n") { return offset }
            offset += 1
        }
        return nil
    }

    /// The last newline before an offset.
    func lastNewline(before end: Int) -> Int? {
        var offset = end
        while offset >= 8 {
            let found = newlines(at: offset - 8)
            if found != 0 { return offset - 1 - found.leadingZeroBitCount / 8 }
            offset -= 8
        }
        while offset > 0 {
            offset -= 1
            if unsafeLoad(fromByteOffset: offset, as: UInt8.self) == UInt8(ascii: "\n") { return offset }
        }
        return nil
    }

    /// The top bit of each of eight bytes that is a newline, the first byte lowest.
    private func newlines(at offset: Int) -> UInt64 {
        let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
        let word = UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
        let difference = word ^ 0x0A0A_0A0A_0A0A_0A0A
        return ~((difference & low) &+ low | difference | low)
    }
}
