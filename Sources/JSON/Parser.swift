extension JSON {
    /// Parses one value of RFC 8259 with nothing but white space around it.
    ///
    /// A lone surrogate escape becomes U+FFFD. A byte order mark is an error.
    ///
    /// - Throws: with the offset of the byte that is wrong; invalid UTF-8 and nesting past ``maximumDepth`` included.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        let parse = { (buffer: UnsafeBufferPointer<UInt8>) -> Result<JSON, JSONError> in
            var parser = Parser(bytes: buffer)
            return Result { () throws(JSONError) in try parser.document() }
        }
        let result = bytes.withContiguousStorageIfAvailable(parse) ?? Array(bytes).withUnsafeBufferPointer(parse)
        self = try result.get()
    }

    /// As ``init(parsing:)-(Collection<UInt8>)``, from text.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }
}

/// A recursive-descent parser over the bytes of one document.
///
/// It works on a buffer pointer, which it never outlives, because every transcript of gigabytes passes through here:
/// eight bytes at a time are looked at within strings, and a string is made from a slice without a copy between.
private struct Parser {
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    var depth = 0
    /// The bytes of the string being read, once it turned out to hold an escape.
    var scratch: [UInt8] = []
    /// Whether a byte past ASCII was seen in or right behind the string being read.
    var isBeyondASCII = false

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value()
        skipWhiteSpace()
        guard position == bytes.count else { throw JSONError(.unexpectedByte, offset: position) }
        return value
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipWhiteSpace()
        switch try peek() {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw JSONError(.unexpectedByte, offset: position)
        }
    }

    // MARK: Structure

    private mutating func object() throws(JSONError) -> JSON.Object {
        try enter()
        var members: [JSON.Object.Element] = []
        members.reserveCapacity(8)
        if try !closes(with: UInt8(ascii: "}")) {
            repeat {
                skipWhiteSpace()
                guard try peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, offset: position) }
                let key = try string()
                skipWhiteSpace()
                try expect(UInt8(ascii: ":"))
                members.append((key, try value()))
            } while try continues(orClosesWith: UInt8(ascii: "}"))
        }
        depth -= 1
        return JSON.Object(parsed: members)
    }

    private mutating func array() throws(JSONError) -> [JSON] {
        try enter()
        var elements: [JSON] = []
        if try !closes(with: UInt8(ascii: "]")) {
            repeat {
                elements.append(try value())
            } while try continues(orClosesWith: UInt8(ascii: "]"))
        }
        depth -= 1
        return elements
    }

    private mutating func enter() throws(JSONError) {
        guard depth < JSON.maximumDepth else { throw JSONError(.tooDeep, offset: position) }
        depth += 1
        position += 1
    }

    private mutating func closes(with close: UInt8) throws(JSONError) -> Bool {
        skipWhiteSpace()
        guard try peek() == close else { return false }
        position += 1
        return true
    }

    private mutating func continues(orClosesWith close: UInt8) throws(JSONError) -> Bool {
        if try closes(with: close) { return false }
        try expect(UInt8(ascii: ","))
        return true
    }

    // MARK: Bytes

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, offset: position) }
        return bytes[position]
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard try peek() == byte else { throw JSONError(.unexpectedByte, offset: position) }
        position += 1
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            default: return
            }
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        for index in 0..<word.utf8CodeUnitCount { try expect(word.utf8Start[index]) }
        return value
    }

    // MARK: Numbers

    private mutating func number() throws(JSONError) -> JSON.Number {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits()
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits()
        }
        return JSON.Number(checkedSpelling: String(decoding: bytes[start..<position], as: UTF8.self))
    }

    private mutating func digits() throws(JSONError) {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
        guard position > start else { throw JSONError(.invalidNumber, offset: position) }
    }

    // MARK: Strings

    private mutating func string() throws(JSONError) -> String {
        position += 1
        isBeyondASCII = false
        let start = position
        skipPlain()
        if try peek() == UInt8(ascii: "\"") {
            position += 1
            return try text(of: bytes[start..<position - 1], at: start)
        }
        scratch.removeAll(keepingCapacity: true)
        var run = start
        while true {
            scratch.append(contentsOf: bytes[run..<position])
            switch try peek() {
            case UInt8(ascii: "\""):
                position += 1
                return try scratch.withUnsafeBufferPointerTyped { buffer throws(JSONError) in
                    try text(of: buffer[...], at: start)
                }
            case UInt8(ascii: "\\"):
                try escape()
            default:
                throw JSONError(.invalidString, offset: position)
            }
            run = position
            skipPlain()
        }
    }

    /// Moves to the next quote, backslash or control character, or to the end.
    private mutating func skipPlain() {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let raw = UnsafeRawBufferPointer(bytes)
        while position + 8 <= bytes.count {
            let word = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let stops =
                ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & tops
            if word & tops != 0 { isBeyondASCII = true }
            guard stops == 0 else {
                position += stops.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            if byte > 0x7F { isBeyondASCII = true }
            position += 1
        }
    }

    private mutating func escape() throws(JSONError) {
        let start = position
        position += 1
        let byte = try peek()
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            isBeyondASCII = true
            scratch.append(contentsOf: String(try escapedScalar()).utf8)
        default: throw JSONError(.invalidString, offset: start)
        }
    }

    private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        let afterFirst = position
        if first < 0xDC00, position + 1 < bytes.count,
            bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
        {
            position += 2
            let second = UInt32(try codeUnit())
            if (0xDC00...0xDFFF).contains(second) {
                return Unicode.Scalar(0x10000 + ((UInt32(first) - 0xD800) << 10) + (second - 0xDC00))!
            }
            position = afterFirst
        }
        return "\u{FFFD}"
    }

    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let byte = try peek()
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw JSONError(.invalidString, offset: position)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private func text(of slice: Slice<UnsafeBufferPointer<UInt8>>, at start: Int) throws(JSONError) -> String {
        // Validation costs as much as all the rest, and most strings need none.
        if !isBeyondASCII { return String(decoding: slice, as: UTF8.self) }
        if let text = String(validating: UnsafeBufferPointer(rebasing: slice), as: UTF8.self) { return text }
        throw JSONError(.invalidUTF8, offset: firstInvalidUTF8(from: start))
    }

    /// Where the string that starts here stops being UTF-8; only asked once it is known that it does.
    private func firstInvalidUTF8(from start: Int) -> Int {
        var offset = start
        var decoder = UTF8()
        var iterator = bytes[start...].makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { offset += UTF8.width(scalar) }
        return offset
    }
}

extension Array {
    /// `withUnsafeBufferPointer` with a typed error.
    fileprivate func withUnsafeBufferPointerTyped<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<Element>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { buffer -> Swift.Result<Result, Failure> in
            Swift.Result { () throws(Failure) in try body(buffer) }
        }.get()
    }
}
