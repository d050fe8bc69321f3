/// What `tmux -N` writes when no server runs on its socket.
enum ServerAbsence {
    /// The words of tmux 3.3a; the system's part is never translated, because tmux sets no locale for messages.
    static func isReported(by errorOutput: String) -> Bool {
        errorOutput.hasPrefix("no server running on ")
            || errorOutput.hasPrefix("error connecting to ") && errorOutput.hasSuffix("(No such file or directory)")
    }
}
