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
}
