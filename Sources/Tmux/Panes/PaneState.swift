/// What tmux knows of a pane at one moment.
public struct PaneState: Sendable, Hashable {
    public let pane: Pane
    /// Whether its process has ended; `identity.processID` is then the number it had.
    public let isDead: Bool
    /// The exit status; nil while it runs, when a signal ended it, and when tmux does not know.
    public let exitStatus: Int32?
    /// The number of the signal that ended it; nil when none did, or tmux does not say.
    public let exitSignal: Int32?
    /// Whether it is in a mode, such as copy mode: keys then go to the mode and not to the process.
    public let isInMode: Bool
    /// How many clients show its session.
    public let attachedClients: Int

    public var identity: PaneIdentity { pane.identity }
    public var sessionName: String { pane.sessionName }

    var isWithoutStatus: Bool { exitStatus == nil && exitSignal == nil }
}

extension PaneState {
    /// The name of the session stands last, because it is the only field that may contain anything but a
    /// colon. Paths are left out: a line end in one would look like another pane.
    static let format = [
        "pane_id", "pane_pid", "pane_dead", "pane_dead_status", "pane_dead_signal", "pane_in_mode",
        "session_attached", "pane_tty", "session_name",
    ].map { "#{\($0)}" }.joined(separator: ":")

    /// Reads a line written by `format`; nil if it is none, or tells of no pane.
    init?(line: String) {
        let fields = line.split(separator: ":", maxSplits: 8, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 9, fields[0].hasPrefix("%"), let processID = Int32(fields[1]) else { return nil }
        pane = Pane(
            identity: PaneIdentity(id: fields[0], processID: processID), sessionName: fields[8], terminal: fields[7])
        isDead = fields[2] == "1"
        exitStatus = Int32(fields[3])
        exitSignal = Int32(fields[4])
        isInMode = (Int(fields[5]) ?? 0) > 0
        attachedClients = Int(fields[6]) ?? 0
    }
}
