import TestSupport
import Testing
@testable import CodexAppServer
@testable import Sessions

/// Every recording is cut everywhere: what comes after a gap tells the same ends as if there had been none.
@Suite("Gaps in what Codex tells", .timeLimit(.minutes(5)))
struct CodexGapTests {
    /// Where a play is cut: in steps from its beginning, each at or after the one before.
    struct Cut: CustomStringConvertible {
        /// Nothing is told any more.
        let loss: Int
        /// The thread is resumed: from here on it is told again, and kept back.
        let resumption: Int
        /// The server looks up the thread's turns.
        let reading: Int
        /// They arrive.
        let arrival: Int

        var description: String { "lost at \(loss), resumed at \(resumption), read at \(reading), arrived at \(arrival)" }
    }

    @Test("any gap, wherever it begins and ends, leaves each turn with the same end, told once", arguments: CodexRecording.names)
    func gaps(_ name: String) throws {
        // Twenty equal threads: two of them are enough.
        for (connection, play) in try ThreadPlay.all(in: name).prefix(name.hasPrefix("09") ? 2 : .max) {
            let whole = TrackerLog(play)
            for cut in Self.cuts(of: play) {
                try check(play, cut, against: whole, "\(name) \(connection) \(play.thread), \(cut)")
            }
        }
    }

    /// All of a short play, some hundreds of a long one; the same ones each time.
    private static func cuts(of play: ThreadPlay) -> [Cut] {
        let end = play.steps.count
        var cuts: [Cut] = []
        for loss in 0...end {
            for gap in [0, 1, 2, 5, 20] where loss + gap <= end {
                for (reading, arrival) in [(0, 0), (0, 1), (1, 1), (2, 5), (0, 8), (12, 14)] where loss + gap + arrival <= end {
                    cuts.append(Cut(loss: loss, resumption: loss + gap, reading: loss + gap + reading, arrival: loss + gap + arrival))
                }
            }
        }
        let step = max(1, cuts.count / 1000)
        return stride(from: 0, to: cuts.count, by: step).map { cuts[$0] }
    }

    private func check(_ play: ThreadPlay, _ cut: Cut, against whole: TrackerLog, _ comment: String) throws {
        // Nothing is sent before the thread is loaded again.
        let gap = play.steps[cut.loss..<cut.arrival]
        guard !gap.contains(where: { if case .sends = $0 { true } else { false } }) else { return }

        var log = TrackerLog()
        var unanswered: Set<Int64> = []
        for step in play.steps[..<cut.loss] {
            log.take(step)
            switch step {
            case .sends(let turn, _): unanswered.insert(turn)
            case .answered(let turn, _, _): unanswered.remove(turn)
            case .told: break
            }
        }
        let known = log.known
        // Calls that were under way fail with the connection.
        for case .answered(let turn, _, steers: false) in play.steps[cut.loss...] where unanswered.contains(turn) { log.take(log.tracker.release()) }
        log.tracker.hold()
        for step in play.steps[cut.resumption..<cut.arrival] { if case .told = step { log.take(step) } }
        log.take(log.tracker.reconcile(play.turns(after: cut.reading)))
        log.take(log.tracker.release())
        for step in play.steps[cut.arrival...] {
            if case .answered(let turn, _, _) = step, unanswered.contains(turn) { continue }
            log.take(step)
        }

        let ends = Dictionary(grouping: log.ends, by: \.turn)
        let delivered = Dictionary(grouping: log.delivered, by: { $0 })
        for (turn, end) in whole.ends {
            // What others began and ended meanwhile is not told of where nothing was known before it.
            let isLost = known.isEmpty && (play.end(of: turn) ?? .max) < cut.reading && !play.answers(unanswered, turn)
            let told = ends[turn] ?? []
            #expect(told.count == 1 || isLost && told.isEmpty, "\(turn) of \(comment)")
            #expect(told.allSatisfy { $0.end == end }, "\(turn) of \(comment)")
        }
        #expect(ends.keys.allSatisfy { turn in whole.ends.contains { $0.turn == turn } }, "\(comment)")
        #expect(delivered.values.allSatisfy { $0.count == 1 } || play.hasSteering, "\(comment)")
        #expect(Set(delivered.keys) == Set(whole.delivered), "\(comment)")
        #expect(log.tracker.running == whole.tracker.running, "\(comment)")
    }
}

extension ThreadPlay {
    /// The step with which a turn's end is told.
    fileprivate func end(of id: String) -> Int? {
        steps.firstIndex { if case .told(.turnCompleted(let turn)) = $0 { turn.id == id } else { false } }
    }

    /// Whether one of these messages is in the turn.
    fileprivate func answers(_ messages: Set<Int64>, _ id: String) -> Bool {
        steps.contains { if case .answered(let turn, id, _) = $0 { messages.contains(turn) } else { false } }
    }

    fileprivate var hasSteering: Bool {
        steps.contains { if case .sends(_, steers: true) = $0 { true } else { false } }
    }
}

extension TrackerLog {
    /// The messages that the agent is known to have.
    fileprivate var delivered: [Int64] {
        events.compactMap { if case .delivered(let turn, _, _) = $0 { turn } else { nil } }
    }
}
