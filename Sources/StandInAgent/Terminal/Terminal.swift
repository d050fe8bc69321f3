import EventLoop

/// Output to the terminal. A terminal that is gone is no error: the hang-up is told by a signal.
enum Terminal {
    static func write(_ text: String) {
        try? System.writeStandardOutput(Array(text.utf8))
    }

    /// A line that explains why something did not work.
    static func writeError(_ text: String) {
        try? System.writeStandardError(Array((text + "\n").utf8))
    }

    /// Gives the terminal up without ending.
    static func hangUp() {
        for descriptor in Int32(0)...2 { System.close(descriptor) }
    }
}
