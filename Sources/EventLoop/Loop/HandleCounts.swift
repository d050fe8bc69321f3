/// How many handles of each kind are open on a loop: what a test asserts to be zero at its end.
public struct HandleCounts: Sendable, Hashable, CustomStringConvertible {
    /// What a handle is for.
    public enum Kind: String, Sendable, CaseIterable {
        case timer, stream, listener, process, directoryWatch, signalWatch, exitWatch
    }

    private var counts: [Kind: Int] = [:]

    init() {}

    public internal(set) subscript(kind: Kind) -> Int {
        get { counts[kind] ?? 0 }
        set { counts[kind] = newValue == 0 ? nil : newValue }
    }

    public var total: Int { counts.values.reduce(0, +) }

    public var description: String {
        counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    }
}
