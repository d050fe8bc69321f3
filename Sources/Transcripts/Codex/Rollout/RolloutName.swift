/// The name of a rollout file: `rollout-<time>-<thread>.jsonl`, or with `.zst` behind it when it was compressed.
public struct RolloutName: Sendable, Hashable {
    /// When the file was begun, in local time: `2026-11-21T02-30-49`. It sorts as text.
    public let time: String
    public let thread: String
    public let isCompressed: Bool

    /// - Returns: nil for any other file's name.
    public init?(_ name: String) {
        var rest = name[...]
        guard rest.hasPrefix("rollout-") else { return nil }
        rest.removeFirst("rollout-".count)
        isCompressed = rest.hasSuffix(Self.compressedSuffix)
        if isCompressed { rest.removeLast(Self.compressedSuffix.count) }
        guard rest.hasSuffix(".jsonl") else { return nil }
        rest.removeLast(".jsonl".count)
        let time = rest.prefix("2026-11-21T02-30-49".count)
        rest.removeFirst(time.count)
        guard rest.count > 1, rest.removeFirst() == "-" else { return nil }
        self.time = String(time)
        thread = String(rest)
    }

    static let compressedSuffix = ".zst"
}
