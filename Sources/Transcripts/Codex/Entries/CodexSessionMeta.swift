import JSON

/// The settings of a thread, in its rollout's first entry.
public struct CodexSessionMeta: Sendable, Hashable {
    public let json: JSON.Object

    public init(_ json: JSON.Object) { self.json = json }

    /// The thread.
    public var id: String? { json["id"]?.string }
    public var directory: String? { json["cwd"]?.string }
    /// The version of the program that wrote the entry.
    public var version: String? { json["cli_version"]?.string }
    /// The program that started the thread.
    public var originator: String? { json["originator"]?.string }
    /// `paginated` or `legacy`; older versions do not say.
    public var historyMode: String? { json["history_mode"]?.string }

    /// Where the history comes from that precedes this file: the thread was forked, or turns of it were taken back.
    public var historyBase: HistoryBase? {
        guard let base = json["history_base"], let rollout = base["thread_id"]?.string else { return nil }
        return HistoryBase(rollout: rollout, end: base["end_ordinal_exclusive"]?.int)
    }

    /// The first part of another rollout.
    public struct HistoryBase: Sendable, Hashable {
        /// The other rollout's own id: that of its thread, unless turns were taken back in that.
        public let rollout: String
        /// The ordinal of the first entry that does not belong to the history any more.
        public let end: Int?
    }
}
