/// What one command answered: the lines between `%begin` and its `%end` or `%error`.
///
/// A command line with several commands (separated by `;`, or run by `if-shell`) answers with one reply
/// for each command that ran; the commands after one that failed do not run and do not answer
/// (tmux 3.3a).
public struct ControlModeReply: Sendable, Hashable {
    /// tmux's own number of the command: rising, with gaps.
    public let number: Int
    /// Whether the command came over this client's control pipe. The commands that stood in the client's
    /// arguments, and those that tmux runs by itself, do not.
    public let isFromControlClient: Bool
    /// Whether the command failed: its lines are then the reason.
    public let isError: Bool
    /// The output, without line ends. Bytes that are not UTF-8 are replaced by U+FFFD.
    public let lines: [String]

    public init(number: Int, isFromControlClient: Bool = true, isError: Bool = false, lines: [String]) {
        self.number = number
        self.isFromControlClient = isFromControlClient
        self.isError = isError
        self.lines = lines
    }
}
