extension WebSocket {
    /// Where a server listens.
    public enum Endpoint: Sendable, Hashable, CustomStringConvertible {
        /// A Unix socket, or a symbolic link to one: Codex 0.163 puts a link at the path that it was given,
        /// and the socket at a short path of its own.
        case unix(path: String)
        /// A numeric address, as names are not looked up.
        case tcp(host: String, port: Int)

        /// As Codex's `--listen` and `--remote` take it.
        public var description: String {
            switch self {
            case .unix(let path): "unix:\(path)"
            case .tcp: "ws://\(authority)"
            }
        }

        /// What the request's `Host` header says.
        var authority: String {
            switch self {
            case .unix: "localhost"
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            }
        }
    }

    /// Bounds of one connection.
    public struct Limits: Sendable, Hashable {
        /// The longest message to receive, in bytes. Codex 0.163 sends a long thread as one frame (20 MB and
        /// more).
        public var maximumMessage = 512 << 20
        /// The longest message to send in one frame, in bytes; longer ones are sent in fragments. Codex 0.163
        /// ends the connection at a frame of more than 16 MiB; the loop would be held up by one of 8.
        public var maximumFrame = 1 << 20
        /// After this time without a byte the server is pinged; after as long again without one, the
        /// connection is given up.
        public var silence: Duration = .seconds(20)

        public init() {}
    }
}
