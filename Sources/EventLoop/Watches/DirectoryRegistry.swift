/// The directories that one loop watches, and the slow look at each of them that makes up for lost events.
/// Touched on the loop's thread only.
final class DirectoryRegistry {
    /// How often each directory is looked at whatever was reported; a directory that cannot be watched
    /// `ticksPerRound` times as often.
    var interval = Duration.seconds(2)
    /// What the system answers to a wish for a watch, for tests of its limits.
    var refusal: Int32?
    /// Grows with every event of any directory. When the system's queue overflows, events are lost without
    /// a word, but never without others that arrive: as long as it stands still, nothing was lost.
    var activity = 0

    private static let ticksPerRound = 8
    private static let looksPerTick = 32
    private var directories: [String: SharedDirectoryWatch] = [:]
    private var order: [SharedDirectoryWatch] = []
    private var nextLook = 0
    private var nextPoll = 0
    private var timer: LoopTimer?

    /// Nil when the loop has ended.
    func watch(_ path: String, on loop: EventLoop) -> SharedDirectoryWatch? {
        precondition(loop.isCurrent, "handles are used on their loop's thread only")
        guard !loop.isClosing else { return nil }
        let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        if let shared = directories[path] { return shared }
        let shared = SharedDirectoryWatch(path: path, on: loop)
        directories[path] = shared
        order.append(shared)
        if timer == nil {
            let timer = LoopTimer(on: loop)
            self.timer = timer
            let tick = interval / Self.ticksPerRound
            timer.schedule(after: tick, repeating: tick) { [unowned self] in self.tick() }
        }
        shared.arm()
        return shared
    }

    func remove(_ shared: SharedDirectoryWatch) {
        directories[shared.path] = nil
        order.removeAll { $0 === shared }
        if order.isEmpty { timer.take()?.close() }
    }

    func close() {
        for shared in order { shared.close() }
    }

    private func tick() {
        let polled = order.filter(\.isPolled)
        for shared in turn(polled, &nextPoll, polled.count) { shared.look() }
        let watched = order.filter { !$0.isPolled }
        let share = (watched.count + Self.ticksPerRound - 1) / Self.ticksPerRound
        for shared in turn(watched, &nextLook, share) { shared.look() }
    }

    /// The next `count` of them, not more than may be looked at in one tick.
    private func turn(
        _ directories: [SharedDirectoryWatch], _ position: inout Int, _ count: Int
    ) -> [SharedDirectoryWatch] {
        guard !directories.isEmpty else { return [] }
        let first = position
        let count = min(count, Self.looksPerTick)
        position = (first + count) % directories.count
        return (0..<count).map { directories[(first + $0) % directories.count] }
    }
}
