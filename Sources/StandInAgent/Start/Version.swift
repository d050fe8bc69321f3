/// The version of Claude Code that this program stands in for.
enum Version {
    static let number = "2.1.329"
    static let line = "2.1.329 (Claude Code)"
}
