/// One frame of RFC 6455, as a server writes and reads it: written by itself, so that it can be wrong.
struct Frame: Hashable {
    enum Opcode: UInt8 { case continuation, text, binary, close = 8, ping, pong }

    var opcode: UInt8
    var isLast = true
    /// Three bits.
    var reserved: UInt8 = 0
    var mask: [UInt8]?
    var payload: [UInt8]

    init(_ opcode: Opcode, _ payload: some Sequence<UInt8> = [], isLast: Bool = true) {
        self.opcode = opcode.rawValue
        self.payload = Array(payload)
        self.isLast = isLast
    }

    init(text: String, isLast: Bool = true) {
        self.init(.text, text.utf8, isLast: isLast)
    }

    init(closeCode code: UInt16, reason: String = "") {
        self.init(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    var text: String { String(decoding: payload, as: UTF8.self) }

    /// - Parameter length: how many bytes the length takes after the first: 0, 2 or 8, or what fits.
    func bytes(length: Int? = nil) -> [UInt8] {
        let size = length ?? (payload.count < 126 ? 0 : payload.count < 65536 ? 2 : 8)
        let first = size == 0 ? payload.count : size == 2 ? 126 : 127
        var bytes = [(isLast ? 0x80 : 0) | reserved << 4 | opcode, (mask == nil ? 0 : 0x80) | UInt8(first)]
        bytes += (0..<size).reversed().map { UInt8(truncatingIfNeeded: payload.count >> (8 * $0)) }
        guard let mask else { return bytes + payload }
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    var bytes: [UInt8] { bytes() }

    /// Takes the first frame off `bytes`; nil while it is not complete.
    static func take(from bytes: inout ArraySlice<UInt8>) -> Frame? {
        var rest = bytes
        guard rest.count >= 2, let first = rest.popFirst(), let second = rest.popFirst() else { return nil }
        let size = second & 0x7F == 126 ? 2 : second & 0x7F == 127 ? 8 : 0
        let hasMask = second & 0x80 != 0
        guard rest.count >= size + (hasMask ? 4 : 0) else { return nil }
        let count = size == 0 ? Int(second & 0x7F) : rest.prefix(size).reduce(0) { $0 << 8 | Int($1) }
        rest = rest.dropFirst(size)
        var frame = Frame(.text, isLast: first & 0x80 != 0)
        frame.opcode = first & 0xF
        frame.reserved = first >> 4 & 7
        if hasMask {
            frame.mask = Array(rest.prefix(4))
            rest = rest.dropFirst(4)
        }
        guard rest.count >= count else { return nil }
        frame.payload = Array(rest.prefix(count))
        if let mask = frame.mask {
            frame.payload.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] ^= mask[index % 4] } }
        }
        bytes = rest.dropFirst(count)
        return frame
    }

    /// - Returns: all frames; `bytes` must end with one.
    static func all(in bytes: [UInt8]) -> [Frame]? {
        var rest = bytes[...]
        var frames: [Frame] = []
        while let frame = take(from: &rest) { frames.append(frame) }
        return rest.isEmpty ? frames : nil
    }
}
