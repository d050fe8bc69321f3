import EventLoop

/// Finds rollouts among Codex's files: filed by day, or archived; compressed, or not. Blocking: for the pool.
public struct RolloutSearch: Sendable {
    /// Codex's own folder (`CODEX_HOME`).
    public let home: String

    public init(home: String) { self.home = home }

    /// The files of a thread, the one that goes on first. There are more than one when turns were taken back: what was
    /// said after that stands in a file of its own, and what was taken back stays where it was.
    public func rollouts(of thread: String) -> [String] {
        let found = Self.rollouts(of: thread, among: paths(containing: thread))
        // A file that is moved meanwhile may never have been where the search was.
        return found.isEmpty ? Self.rollouts(of: thread, among: paths(containing: thread)) : found
    }

    /// The file with an id of its own, which another one names as its past.
    public func rollout(id: String) -> String? {
        Self.rollout(id: id, among: paths(containing: id)) ?? Self.rollout(id: id, among: paths(containing: id))
    }

    static func rollouts(of thread: String, among paths: [String]) -> [String] {
        let files = paths.compactMap { path in name(of: path).map { (path: path, name: $0) } }
        var seen: Set<String> = []
        return files.filter { $0.name.thread == thread }
            .sorted { first, second in
                guard first.name.rollout == second.name.rollout else { return first.name.isLater(than: second.name) }
                // Of a file that is there in both forms, Codex reads and writes the one that is not compressed.
                return !first.name.isCompressed && second.name.isCompressed
            }
            .filter { seen.insert($0.name.rollout).inserted }.map(\.path)
    }

    static func rollout(id: String, among paths: [String]) -> String? {
        let files = paths.filter { name(of: $0)?.rollout == id }
        return files.first { name(of: $0)?.isCompressed == false } ?? files.first
    }

    private static func name(of path: String) -> RolloutName? {
        RolloutName(String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]))
    }

    // MARK: The folders

    private func paths(containing id: String) -> [String] {
        folders.flatMap { folder in
            entries(of: folder).filter { RolloutName.mayContain(id, in: $0) }.map { "\(folder)/\($0)" }
        }
    }

    /// `sessions/<year>/<month>/<day>`, and the archive, which is flat.
    private var folders: [String] {
        let years = subfolders(of: [home + "/sessions"])
        return subfolders(of: subfolders(of: years)) + [home + "/archived_sessions"]
    }

    private func subfolders(of folders: [String]) -> [String] {
        folders.flatMap { folder in entries(of: folder).filter { $0.allSatisfy(\.isNumber) }.map { "\(folder)/\($0)" } }
    }

    private func entries(of folder: String) -> [String] { (try? System.entries(of: folder)) ?? [] }
}
