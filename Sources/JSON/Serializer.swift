extension JSON {
    /// Without white space, as `JSON.stringify(value)`.
    public var compact: String { String(decoding: bytes, as: UTF8.self) }

    /// The bytes of ``compact``.
    public var bytes: [UInt8] {
        var serializer = Serializer(indentation: nil)
        serializer.append(self, level: 0)
        return serializer.output
    }

    /// Indented by two spaces, as `JSON.stringify(value, null, 2)`; no newline at the end.
    public var pretty: String {
        var serializer = Serializer(indentation: 2)
        serializer.append(self, level: 0)
        return String(decoding: serializer.output, as: UTF8.self)
    }
}

private struct Serializer {
    let indentation: Int?
    var output: [UInt8] = []

    mutating func append(_ value: JSON, level: Int) {
        switch value {
        case .null: append("null")
        case .bool(let value): append(value ? "true" : "false")
        case .number(let number): append(number.spelling)
        case .string(let string): append(quoted: string)
        case .array(let elements):
            append(elements, between: ("[", "]"), level: level) { serializer, element in
                serializer.append(element, level: level + 1)
            }
        case .object(let object):
            append(object, between: ("{", "}"), level: level) { serializer, member in
                serializer.append(quoted: member.key)
                serializer.append(serializer.indentation == nil ? ":" : ": ")
                serializer.append(member.value, level: level + 1)
            }
        }
    }

    private mutating func append<Items: Collection>(
        _ items: Items, between brackets: (String, String), level: Int, each: (inout Serializer, Items.Element) -> Void
    ) {
        append(brackets.0)
        var first = true
        for item in items {
            if !first { append(",") }
            first = false
            newline(level + 1)
            each(&self, item)
        }
        if !first { newline(level) }
        append(brackets.1)
    }

    private mutating func newline(_ level: Int) {
        guard let indentation else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * indentation))
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func append(quoted string: String) {
        output.append(UInt8(ascii: "\""))
        let plain = string.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        if plain {
            append(string)
        } else {
            for byte in string.utf8 { append(escaping: byte) }
        }
        output.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0A: append("\\n")
        case 0x0C: append("\\f")
        case 0x0D: append("\\r")
        case ..<0x20:
            append("\\u00")
            output.append(UInt8(ascii: "0") + byte >> 4)
            output.append(contentsOf: String(byte & 0xF, radix: 16).utf8)
        default: output.append(byte)
        }
    }
}
