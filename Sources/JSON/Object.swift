extension JSON {
    /// The members of an object in their order.
    ///
    /// Text with a key given twice keeps both members, and the last one is what a look-up finds. Look-ups are linear:
    /// the objects of this program have some twenty members.
    public struct Object: Sendable {
        public typealias Element = (key: String, value: JSON)

        private var members: [Element]

        public init() { members = [] }

        public init(_ members: some Sequence<(String, JSON)>) {
            self.members = members.map { (key: $0.0, value: $0.1) }
        }

        init(parsed members: [Element]) { self.members = members }

        /// Setting an existing key keeps its place; setting `nil` removes every member of that key.
        public subscript(key: String) -> JSON? {
            get { members.last { $0.key == key }?.value }
            set {
                guard let newValue else { return members.removeAll { $0.key == key } }
                if let index = members.lastIndex(where: { $0.key == key }) {
                    members[index].value = newValue
                } else {
                    members.append((key, newValue))
                }
            }
        }

        public subscript(key: String, default fallback: @autoclosure () -> JSON) -> JSON {
            self[key] ?? fallback()
        }

        /// The keys in order; one given twice stands here twice.
        public var keys: [String] { members.map(\.key) }
    }
}

extension JSON.Object: RandomAccessCollection {
    public var startIndex: Int { members.startIndex }
    public var endIndex: Int { members.endIndex }
    public subscript(position: Int) -> Element { members[position] }
}

extension JSON.Object: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}

/// The order of members does not count, as in JSON itself.
extension JSON.Object: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        if left.members.elementsEqual(right.members, by: { $0.key == $1.key && $0.value == $1.value }) { return true }
        return left.byKey == right.byKey
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(byKey) }

    private var byKey: [String: JSON] {
        Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    }
}
