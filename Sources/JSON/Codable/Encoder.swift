extension JSON {
    /// The tree of an `Encodable` value, with keys in the order in which it encodes them.
    ///
    /// - Throws: with the path of keys to the value that could not be encoded.
    public static func encode(_ value: some Encodable) throws(JSONError) -> JSON {
        do {
            return try TreeEncoder.tree(of: value, path: [])
        } catch let error as JSONError {
            throw error
        } catch let EncodingError.invalidValue(_, context) {
            throw JSONError(.invalidValue, path: context.codingPath, detail: context.debugDescription, cause: context.underlyingError)
        } catch {
            throw JSONError(.invalidValue, path: [], detail: "\(error)", cause: error)
        }
    }
}

/// Collects one value. Its containers share it as a place to write to.
final class TreeEncoder: Encoder {
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    private enum Content {
        case nothing
        case value(JSON)
        case object(KeyedNode)
        case array(ArrayNode)
    }

    private var content = Content.nothing

    init(path: [any CodingKey]) { codingPath = path }

    static func tree(of value: some Encodable, path: [any CodingKey]) throws -> JSON {
        switch value {
        case let json as JSON: return json
        case let number as Double: return try tree(finite: number, path: path)
        case let number as Float: return try tree(finite: Double("\(number)") ?? .nan, path: path)
        default:
            let encoder = TreeEncoder(path: path)
            try value.encode(to: encoder)
            return encoder.tree
        }
    }

    private static func tree(finite number: Double, path: [any CodingKey]) throws -> JSON {
        guard let number = JSON.Number(number) else {
            throw JSONError(.invalidValue, path: path, detail: "\(number) has no place in JSON")
        }
        return .number(number)
    }

    /// A value that encoded nothing is an empty object, as with Foundation's encoder.
    var tree: JSON {
        switch content {
        case .nothing: .object([:])
        case .value(let value): value
        case .object(let node): .object(JSON.Object(node.members.map { ($0.key, $0.value.tree) }))
        case .array(let node): .array(node.elements.map(\.tree))
        }
    }

    func set(_ value: JSON) { content = .value(value) }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .object(let node) = content { return KeyedEncodingContainer(KeyedTree(node: node, codingPath: codingPath)) }
        let node = KeyedNode()
        content = .object(node)
        return KeyedEncodingContainer(KeyedTree(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .array(let node) = content { return ArrayTree(node: node, codingPath: codingPath) }
        let node = ArrayNode()
        content = .array(node)
        return ArrayTree(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { SingleValueTree(encoder: self) }
}

/// A member or element: finished, or still being written by a nested encoder.
enum TreeSlot {
    case finished(JSON)
    case open(TreeEncoder)

    var tree: JSON {
        switch self {
        case .finished(let value): value
        case .open(let encoder): encoder.tree
        }
    }
}

final class KeyedNode {
    var members: [(key: String, value: TreeSlot)] = []

    func set(_ key: String, _ value: TreeSlot) {
        if let index = members.firstIndex(where: { $0.key == key }) {
            members[index].value = value
        } else {
            members.append((key, value))
        }
    }
}

final class ArrayNode {
    var elements: [TreeSlot] = []
}

private struct KeyedTree<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: KeyedNode
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { node.set(key.stringValue, .finished(.null)) }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        node.set(key.stringValue, .finished(try TreeEncoder.tree(of: value, path: codingPath + [key])))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        nested(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { nested(key).unkeyedContainer() }
    func superEncoder() -> any Encoder { nested(PathKey("super")) }
    func superEncoder(forKey key: Key) -> any Encoder { nested(key) }

    private func nested(_ key: any CodingKey) -> TreeEncoder {
        let encoder = TreeEncoder(path: codingPath + [key])
        node.set(key.stringValue, .open(encoder))
        return encoder
    }
}

private struct ArrayTree: UnkeyedEncodingContainer {
    let node: ArrayNode
    let codingPath: [any CodingKey]
    var count: Int { node.elements.count }

    func encodeNil() { node.elements.append(.finished(.null)) }

    func encode<T: Encodable>(_ value: T) throws {
        node.elements.append(.finished(try TreeEncoder.tree(of: value, path: codingPath + [PathKey(count)])))
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        nested().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
    func superEncoder() -> any Encoder { nested() }

    private func nested() -> TreeEncoder {
        let encoder = TreeEncoder(path: codingPath + [PathKey(count)])
        node.elements.append(.open(encoder))
        return encoder
    }
}

/// The scalars are spelled out here only: a keyed or unkeyed container reaches them through `Encodable`.
private struct SingleValueTree: SingleValueEncodingContainer {
    let encoder: TreeEncoder
    var codingPath: [any CodingKey] { encoder.codingPath }

    func encodeNil() { encoder.set(.null) }
    func encode(_ value: Bool) { encoder.set(.bool(value)) }
    func encode(_ value: String) { encoder.set(.string(value)) }
    func encode(_ value: Int) { integer(value) }
    func encode(_ value: Int8) { integer(value) }
    func encode(_ value: Int16) { integer(value) }
    func encode(_ value: Int32) { integer(value) }
    func encode(_ value: Int64) { integer(value) }
    func encode(_ value: UInt) { integer(value) }
    func encode(_ value: UInt8) { integer(value) }
    func encode(_ value: UInt16) { integer(value) }
    func encode(_ value: UInt32) { integer(value) }
    func encode(_ value: UInt64) { integer(value) }
    func encode(_ value: Double) throws { encoder.set(try TreeEncoder.tree(of: value, path: codingPath)) }
    func encode(_ value: Float) throws { encoder.set(try TreeEncoder.tree(of: value, path: codingPath)) }
    func encode<T: Encodable>(_ value: T) throws { encoder.set(try TreeEncoder.tree(of: value, path: codingPath)) }

    private func integer(_ value: some FixedWidthInteger) {
        encoder.set(.number(JSON.Number(checkedSpelling: String(value))))
    }
}
