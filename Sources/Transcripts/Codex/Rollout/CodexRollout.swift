/// What a Codex thread says, read from its rollout without any other state. Blocking: for the pool.
public struct CodexRollout: Sendable {
    /// With `.zst` at its end, it is decompressed as it is read.
    public let path: String

    public init(path: String) { self.path = path }

    /// Every turn, oldest first; one that nothing ends was cut off, unless its thread still runs.
    public func turns() throws(TranscriptError) -> [CodexTurn] {
        var reducer = CodexTurnReducer()
        try forEachEntry { entry in
            reducer.add(entry)
            return true
        }
        reducer.finish()
        return reducer.turns
    }

    /// The agent's last texts, oldest first.
    ///
    /// A file that is not compressed is read from its end, as far as needed.
    /// - Parameters:
    ///   - count: how many at most.
    ///   - turn: only those of this turn. With nil, those of the whole thread.
    public func lastTexts(count: Int, turn: String? = nil) throws(TranscriptError) -> [String] {
        var texts = LatestTexts(count: count, turn: turn)
        if isCompressed {
            try forEachEntry { texts.add($0) }
        } else {
            try forEachEntryBackwards { texts.addEarlier($0) }
        }
        if texts.wasRolledBack { return try turns().flatMap(\.agentTexts).suffix(count) }
        return isCompressed ? texts.latest : texts.latestFromEnd
    }

    var isCompressed: Bool { path.hasSuffix(RolloutName.compressedSuffix) }
}
