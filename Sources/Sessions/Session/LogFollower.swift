/// One who follows a conversation: gets every message once, those that are said while the past is read included.
/// On the loop only.
public final class LogFollower {
    /// Gets nil when nothing more will be said.
    /// - Returns: false when nobody listens any more.
    public typealias Handler = @Sendable (LogMessage?) -> Bool

    private let handler: Handler
    /// What was said before the past was read; nil afterwards.
    private var held: [LogMessage]? = []
    private var isEnded = false

    init(_ handler: @escaping Handler) {
        self.handler = handler
    }

    func take(_ message: LogMessage) -> Bool {
        if held != nil {
            held?.append(message)
            return true
        }
        return handler(message)
    }

    /// Hands on what was said meanwhile and is not in `past` yet.
    func begin(after past: [LogMessage]) {
        let held = held ?? []
        self.held = nil
        let overlap = (0...min(held.count, past.count)).last { past.suffix($0).elementsEqual(held.prefix($0)) } ?? 0
        for message in held.dropFirst(overlap) where !handler(message) { return }
        if isEnded { _ = handler(nil) }
    }

    func end() {
        isEnded = true
        if held == nil { _ = handler(nil) }
    }
}
