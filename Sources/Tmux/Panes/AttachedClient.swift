/// A client that shows a session: mostly a person at a terminal.
public struct AttachedClient: Sendable, Hashable {
    /// Its terminal, such as `/dev/pts/4`; nil for a control-mode client.
    public let terminal: String?
    /// When something last came from it, a key most of all, or when it attached: seconds since 1970.
    public let lastActivity: Int
}

extension AttachedClient {
    static let format = "#{client_activity}:#{client_tty}"

    init?(line: String) {
        let fields = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard fields.count == 2, let lastActivity = Int(fields[0]) else { return nil }
        self.lastActivity = lastActivity
        terminal = fields[1].isEmpty ? nil : String(fields[1])
    }
}
