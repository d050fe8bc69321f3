/// The name of a rollout file: `rollout-<time>-<thread>.jsonl`, or `rollout-<time>-<thread>_<rollout>.jsonl` for what
/// follows after turns were taken back; with `.zst` behind it when it was compressed.
public struct RolloutName: Sendable, Hashable {
    /// When the file was begun, in local time: `2026-11-21T02-30-49`.
    public let time: String
    public let thread: String
    /// The file's own id: the thread's for its first.
    public let rollout: String
    public let isCompressed: Bool

    /// - Returns: nil for any other file's name.
    public init?(_ name: String) {
        var rest = name.utf8[...]
        guard rest.starts(with: "rollout-".utf8) else { return nil }
        rest.removeFirst("rollout-".utf8.count)
        isCompressed = rest.removeEnd(Self.compressedSuffix)
        guard rest.removeEnd(".jsonl") else { return nil }
        let time = rest.prefix("2026-11-21T02-30-49".utf8.count)
        rest.removeFirst(time.count)
        guard rest.count > 1, rest.removeFirst() == UInt8(ascii: "-") else { return nil }
        let ids = rest.split(separator: UInt8(ascii: "_"), maxSplits: 1)
        guard let thread = ids.first, let rollout = ids.last else { return nil }
        self.time = String(Substring(time))
        self.thread = String(Substring(thread))
        self.rollout = String(Substring(rollout))
    }

    static let compressedSuffix = ".zst"

    /// A look at a name that tells most of those apart in which an id does not stand: there may be very many.
    static func mayContain(_ id: String, in name: String) -> Bool {
        name.utf8.dropFirst("rollout-2026-11-21T02-30-49-".utf8.count).starts(with: id.utf8)
            || name.utf8.contains(UInt8(ascii: "_"))
    }

    /// Whether the file was begun after another one of its thread. Ids are of the kind that sorts by time.
    func isLater(than other: RolloutName) -> Bool {
        if rollout == thread { return false }
        return other.rollout == other.thread || rollout > other.rollout
    }
}

extension Substring.UTF8View {
    /// - Returns: whether that was there.
    fileprivate mutating func removeEnd(_ end: String) -> Bool {
        guard suffix(end.utf8.count).elementsEqual(end.utf8) else { return false }
        removeLast(end.utf8.count)
        return true
    }
}
