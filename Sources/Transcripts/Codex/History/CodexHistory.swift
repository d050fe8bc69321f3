import EventLoop

/// What a Codex thread says, read from its rollouts without any other state. Blocking: for the pool.
///
/// A thread without a rollout says nothing: Codex makes it with the first turn, or with a name.
public struct CodexHistory: Sendable {
    public let thread: String
    public let search: RolloutSearch
    /// Where the rollout was seen last; for one that is not among Codex's files.
    public let recorded: String?

    public init(thread: String, search: RolloutSearch, recorded: String? = nil) {
        self.thread = thread
        self.search = search
        self.recorded = recorded
    }

    /// The file that goes on.
    public var rollout: String? { rollouts.first }

    /// Every turn that counts, oldest first: none that was taken back, but those of a thread from which this one was
    /// forked. A turn that nothing ends was cut off, unless the thread still runs.
    public func turns() throws(TranscriptError) -> [CodexTurn] {
        try whileFilesMove { () throws(TranscriptError) in
            var parts: [RolloutFile] = []
            try forEachPartBackwards { part in
                parts.append(part)
                return true
            }
            var reducer = CodexTurnReducer()
            for part in parts.reversed() {
                try part.forEachEntry { entry in
                    reducer.add(entry)
                    return true
                }
            }
            reducer.finish()
            return reducer.turns
        }
    }

    /// The agent's last texts, oldest first. Files are read from their ends and no further than needed, unless they are
    /// compressed; of these, too, no more is held than what is asked for.
    public func lastTexts(count: Int) throws(TranscriptError) -> [String] {
        let texts = try whileFilesMove { () throws(TranscriptError) -> [String]? in
            var found: [String] = []
            var wasRolledBack = false
            try forEachPartBackwards { (part) throws(TranscriptError) -> Bool in
                let texts = try LatestTexts(count: count - found.count, turn: nil, in: part)
                found = texts.texts + found
                wasRolledBack = texts.wasRolledBack
                return found.count < count && !wasRolledBack
            }
            return wasRolledBack ? nil : found
        }
        if let texts { return texts }
        return try turns().flatMap(\.agentTexts).suffix(count)
    }

    /// The last texts of one turn, oldest first, even if it was taken back.
    public func lastTexts(count: Int, turn: String) throws(TranscriptError) -> [String] {
        try whileFilesMove { () throws(TranscriptError) in
            for path in rollouts {
                let texts = try LatestTexts(count: count, turn: turn, in: RolloutFile(path: path))
                if texts.sawTurn { return texts.texts }
            }
            return []
        }
    }
}

extension CodexHistory {
    /// More files than this make no history of Codex's.
    private static let maximumParts = 128

    private var rollouts: [String] {
        let found = search.rollouts(of: thread)
        if found.isEmpty, let recorded, System.exists(recorded) { return [recorded] }
        return found
    }

    /// The files of which the history consists, the newest first, until the body returns false.
    private func forEachPartBackwards(_ body: (RolloutFile) throws(TranscriptError) -> Bool) throws(TranscriptError) {
        guard let rollout else { return }
        var part = RolloutFile(path: rollout)
        var seen: Set<String> = []
        while try body(part), let base = try part.sessionMeta()?.historyBase {
            guard seen.insert(base.rollout).inserted, seen.count < Self.maximumParts else {
                throw TranscriptError(.incomplete, doing: "reading \(part.path), whose past, rollout \(base.rollout), leads in a circle")
            }
            guard let path = search.rollout(id: base.rollout) else {
                throw TranscriptError(.incomplete, doing: "reading \(part.path), whose past, rollout \(base.rollout), is not there")
            }
            part = RolloutFile(path: path, end: base.end)
        }
    }

    /// A file that was found may be elsewhere when it is opened: Codex has archived or compressed it in between.
    private func whileFilesMove<Result>(_ body: () throws(TranscriptError) -> Result) throws(TranscriptError) -> Result {
        for _ in 0..<3 {
            do {
                return try body()
            } catch {
                guard (error.cause as? EventLoopError)?.code == .notFound else { throw error }
            }
        }
        return try body()
    }
}
