/// The environment of a tmux client that may start a server.
///
/// Every pane inherits what the server was started with, so it holds what a terminal needs and nothing
/// else: no token or key of whoever came first.
enum ServerEnvironment {
    private static let names: Set = [
        "HOME", "PATH", "TERM", "LANG", "SHELL", "USER", "LOGNAME", "XDG_RUNTIME_DIR",
        // Where tmux looks for the user's tmux.conf.
        "XDG_CONFIG_HOME",
    ]

    static func minimal(of environment: [String: String], at location: TmuxLocation) -> [String: String] {
        environment
            .filter { names.contains($0.key) || $0.key.hasPrefix("LC_") }
            .merging(location.environment) { _, ours in ours }
    }
}
