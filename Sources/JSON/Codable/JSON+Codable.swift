/// Lossless through ``JSON/encode(_:)`` and ``JSON/decode(_:)``; other coders get the value as far as they can carry it.
extension JSON: Codable {
    public init(from decoder: any Decoder) throws {
        if let decoder = decoder as? TreeDecoder {
            self = decoder.value
        } else if let members = try? decoder.container(keyedBy: PathKey.self) {
            self = .object(Object(try members.allKeys.map { ($0.stringValue, try members.decode(JSON.self, forKey: $0)) }))
        } else if var elements = try? decoder.unkeyedContainer() {
            var array: [JSON] = []
            while !elements.isAtEnd { array.append(try elements.decode(JSON.self)) }
            self = .array(array)
        } else {
            let scalar = try decoder.singleValueContainer()
            if scalar.decodeNil() {
                self = .null
            } else if let value = try? scalar.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? scalar.decode(Int.self) {
                self.init(value)
            } else if let value = try? scalar.decode(Double.self) {
                self.init(value)
            } else {
                self = .string(try scalar.decode(String.self))
            }
        }
    }

    public func encode(to encoder: any Encoder) throws {
        if let encoder = encoder as? TreeEncoder { return encoder.set(self) }
        switch self {
        case .object(let object):
            var members = encoder.container(keyedBy: PathKey.self)
            for (key, value) in object { try members.encode(value, forKey: PathKey(key)) }
        case .array(let array):
            var elements = encoder.unkeyedContainer()
            for value in array { try elements.encode(value) }
        case .null:
            var scalar = encoder.singleValueContainer()
            try scalar.encodeNil()
        case .bool(let value):
            var scalar = encoder.singleValueContainer()
            try scalar.encode(value)
        case .string(let value):
            var scalar = encoder.singleValueContainer()
            try scalar.encode(value)
        case .number(let number):
            var scalar = encoder.singleValueContainer()
            if let int = number.int { try scalar.encode(int) } else { try scalar.encode(number.double) }
        }
    }
}
