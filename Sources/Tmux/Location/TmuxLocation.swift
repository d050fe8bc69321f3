/// Which tmux server: the program and the socket, chosen as `tmux` itself chooses.
public struct TmuxLocation: Sendable, Hashable, Codable {
    public enum Socket: Sendable, Hashable, Codable {
        /// `tmux` without options: the socket `default`.
        case standard
        /// `tmux -L name`: a socket beside the default one.
        case named(String)
        /// `tmux -S path`.
        case path(String)
    }

    public var socket: Socket
    /// `TMUX_TMPDIR`: where the folder of the default and the named sockets stands; nil for tmux's own choice.
    public var temporaryDirectory: String?
    /// The tmux program: a path, or a name that is looked up on the PATH of the environment.
    public var executable: String

    public init(socket: Socket = .standard, temporaryDirectory: String? = nil, executable: String = "tmux") {
        self.socket = socket
        self.temporaryDirectory = temporaryDirectory.flatMap { $0.isEmpty ? nil : $0 }
        self.executable = executable
    }

    /// The server that `tmux`, run in this environment outside of any tmux session, talks to.
    public init(environment: [String: String]) {
        self.init(temporaryDirectory: environment["TMUX_TMPDIR"])
    }

    /// The options to put before a tmux command.
    public var options: [String] {
        switch socket {
        case .standard: []
        case .named(let name): ["-L", name]
        case .path(let path): ["-S", path]
        }
    }

    /// What to set in the environment of a `tmux` process.
    public var environment: [String: String] {
        temporaryDirectory.map { ["TMUX_TMPDIR": $0] } ?? [:]
    }
}
