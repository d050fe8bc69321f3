/// A JSON value that keeps what other models lose: the order of an object's keys and the spelling of its numbers.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(Number)
    case string(String)
    case array([JSON])
    case object(Object)

    /// The deepest nesting of arrays and objects that is parsed or decoded; deeper input is an error, not a crash.
    public static let maximumDepth = 512
}

extension JSON {
    /// The member of an object, or `nil` when there is none or this is no object. Setting `nil` removes it;
    /// setting a member of `null` makes an object of it.
    public subscript(key: String) -> JSON? {
        get { object?[key] }
        set {
            switch self {
            case .object(var object):
                self = .null  // so that the object is not copied on write
                object[key] = newValue
                self = .object(object)
            case .null where newValue != nil:
                self = .object([key: newValue!])
            default:
                break
            }
        }
    }

    /// The element of an array, or `nil` when the index is out of bounds or this is no array.
    public subscript(index: Int) -> JSON? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The number with its spelling.
    public var number: Number? {
        guard case .number(let value) = self else { return nil }
        return value
    }

    /// The number as an integer, when it is one and fits.
    public var int: Int? {
        guard case .number(let value) = self else { return nil }
        return value.int
    }

    public var double: Double? {
        guard case .number(let value) = self else { return nil }
        return value.double
    }

    public var array: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    public var object: Object? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    public init(_ value: Bool) { self = .bool(value) }
    public init(_ value: String) { self = .string(value) }
    public init(_ value: Int) { self = .number(Number(value)) }

    /// A number that is not finite becomes `null`, as in `JSON.stringify`.
    public init(_ value: Double) { self = Number(value).map(JSON.number) ?? .null }
}

extension JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self.init(value) }
    public init(floatLiteral value: Double) { self.init(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Object(elements)) }
}

extension JSON: CustomStringConvertible {
    public var description: String { compact }
}
