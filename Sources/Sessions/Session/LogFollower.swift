/// One who follows a conversation: gets every message once, those that are said while the past is read included.
/// On the loop only.
public final class LogFollower {
    /// - Returns: false when nobody listens any more.
    public typealias Handler = @Sendable (LogMessage) -> Bool

    private let handler: Handler
    /// What was said before the past was read; nil afterwards.
    private var held: [LogMessage]? = []

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
    }
}
