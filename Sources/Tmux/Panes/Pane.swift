/// A pane that was just made, or filled anew.
public struct Pane: Sendable, Hashable, Codable {
    public let identity: PaneIdentity
    public let sessionName: String
    /// Its terminal, such as `/dev/pts/3`. A respawned pane has another one.
    public let terminal: String

    public init(identity: PaneIdentity, sessionName: String, terminal: String) {
        self.identity = identity
        self.sessionName = sessionName
        self.terminal = terminal
    }
}
