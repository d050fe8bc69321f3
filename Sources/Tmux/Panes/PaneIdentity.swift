/// A pane and the process that is expected in it.
///
/// A pane's id alone is not enough: another server hands out the same ids, and a respawned pane keeps its
/// id. What is done to a pane is done only while this process runs in it.
public struct PaneIdentity: Sendable, Hashable, Codable {
    /// tmux's id of the pane, such as `%5`: unique in the life of its server.
    public let id: String
    /// The process that tmux started in it.
    public let processID: Int32

    public init(id: String, processID: Int32) {
        self.id = id
        self.processID = processID
    }
}
