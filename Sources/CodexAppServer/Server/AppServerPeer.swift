import EventLoop

/// The server at the other end of a connection.
public struct AppServerPeer: Sendable, Hashable {
    /// Of Codex, such as `0.163.0`; nil when the server does not say.
    public let version: String?
    public let process: ProcessIdentity?
    /// Where it listens.
    public let socket: String
    /// Started by us, or by an earlier supervisor at our place.
    public let isOurs: Bool

    /// - Parameter userAgent: as `initialize` returns it: `name/0.163.0 (Debian …) …`, with the name of the server's
    ///   first client, which may be anything.
    static func version(userAgent: String) -> String? {
        let product = userAgent.firstRange(of: " (").map { userAgent[..<$0.lowerBound] } ?? userAgent[...]
        guard let slash = product.lastIndex(of: "/") else { return nil }
        let version = product[product.index(after: slash)...].prefix { !$0.isWhitespace }
        return version.isEmpty ? nil : String(version)
    }
}
