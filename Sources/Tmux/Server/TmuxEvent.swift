/// What the owner of a ``TmuxServer`` is told unasked.
public enum TmuxEvent: Sendable, Hashable {
    /// The client is connected, for the first time or again.
    case connected(ServerIdentity)
    /// The client died, the server lives: sessions are as they were.
    case clientLost
    /// The server died, with every session in it. A `connected` that follows is another server.
    case serverGone
    /// Sessions or windows came, went or were renamed: look again.
    case sessionsChanged
}
