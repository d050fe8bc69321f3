import EventLoop

/// The time that a command has been waiting, on standard error and only if a person may be looking at it.
struct ProgressLine {
    private let label: String
    private let started = ContinuousClock.now
    private let isShown = System.isTerminal(2)

    init(_ label: String) {
        self.label = label
    }

    func draw() {
        guard isShown else { return }
        let seconds = (ContinuousClock.now - started).components.seconds
        write("\r\u{1B}[K\(label) \(Self.elapsed(seconds))")
    }

    func erase() {
        if isShown { write("\r\u{1B}[K") }
    }

    static func elapsed(_ seconds: Int64) -> String {
        let parts = [(seconds / 86400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.prefix(2)
        return shown.isEmpty ? "0s" : shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }

    private func write(_ text: String) {
        try? System.writeStandardError(Array(text.utf8))
    }
}
