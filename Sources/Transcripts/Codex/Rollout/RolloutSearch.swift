import EventLoop

/// Finds the rollout of a thread among Codex's files. Blocking: for the pool.
public struct RolloutSearch: Sendable {
    /// Codex's own folder (`CODEX_HOME`).
    public let home: String

    public init(home: String) { self.home = home }

    /// A thread's rollout, wherever it has gone: archived, compressed, or where it was recorded.
    /// - Parameter recorded: where it was seen last.
    /// - Returns: nil when there is none.
    public func rollout(of thread: String, recorded: String? = nil) -> String? {
        if let recorded, let found = Self.existing(recorded) { return found }
        return inSessions(thread) ?? newest(of: thread, in: archive)
    }

    /// The newest rollout of a thread among the names of a folder's files; the one that is not compressed, if there
    /// are both, since Codex removes it last.
    static func newest(of thread: String, among names: [String]) -> String? {
        let found = names.compactMap { name in RolloutName(name).map { (name: name, parts: $0) } }
        return found.filter { $0.parts.thread == thread }.max {
            ($0.parts.time, $0.parts.isCompressed ? 0 : 1) < ($1.parts.time, $1.parts.isCompressed ? 0 : 1)
        }?.name
    }

    private var sessions: String { home + "/sessions" }
    private var archive: String { home + "/archived_sessions" }

    /// Sessions are filed by the day on which they began: newest first.
    private func inSessions(_ thread: String) -> String? {
        for year in Self.numbers(in: sessions) {
            for month in Self.numbers(in: year) {
                for day in Self.numbers(in: month) {
                    if let found = newest(of: thread, in: day) { return found }
                }
            }
        }
        return nil
    }

    private func newest(of thread: String, in folder: String) -> String? {
        Self.newest(of: thread, among: (try? System.entries(of: folder)) ?? []).map { "\(folder)/\($0)" }
    }

    /// The folders with numbers for names, highest first.
    private static func numbers(in folder: String) -> [String] {
        let names = (try? System.entries(of: folder)) ?? []
        return names.filter { $0.allSatisfy(\.isNumber) }.sorted(by: >).map { "\(folder)/\($0)" }
    }

    /// The file at a path, or what it was compressed to or from.
    private static func existing(_ path: String) -> String? {
        let isCompressed = path.hasSuffix(RolloutName.compressedSuffix)
        let plain = isCompressed ? String(path.dropLast(RolloutName.compressedSuffix.count)) : path
        return [plain, plain + RolloutName.compressedSuffix].first { System.exists($0) }
    }
}
