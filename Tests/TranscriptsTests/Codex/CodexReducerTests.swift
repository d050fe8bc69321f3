import JSON
import Testing

@testable import Transcripts

@Suite("Turns of a rollout")
struct CodexReducerTests {
    private typealias Rollout = RolloutLine

    @Test("a turn is open until something ends it, and cut off when nothing can any more")
    func cutOff() {
        var reducer = CodexTurnReducer()
        for line in [Rollout.started("1"), Rollout.user("one")] { reducer.add(CodexEntry(line)) }
        #expect(reducer.turns.map(\.summary) == ["1 > one -> open"])
        reducer.add(CodexEntry(Rollout.started("2")))
        #expect(reducer.turns.map(\.summary) == ["1 > one -> cut off", "2 -> open"])
        reducer.finish()
        #expect(reducer.turns.map(\.end) == [.cutOff, .cutOff])
    }

    @Test("an end counts once, for the turn that it names")
    func ends() {
        let turns = [
            Rollout.started("1"), Rollout.completed("1"), Rollout.started("2"), Rollout.completed("1"),
            Rollout.event(["type": "turn_aborted", "turn_id": "1", "reason": "interrupted"], ordinal: nil),
            Rollout.completed("9"), Rollout.event(["type": "turn_aborted", "reason": "replaced"], ordinal: nil),
        ].codexEntries.turns
        #expect(turns.map(\.summary) == ["1 -> completed", "2 -> replaced"])
    }

    @Test("an item that comes late belongs to its own turn")
    func late() {
        let turns = [
            Rollout.started("1", ordinal: 1), Rollout.completed("1", ordinal: 2), Rollout.started("2", ordinal: 3),
            Rollout.agentItem("late", turn: "1", ordinal: 4), Rollout.agentItem("in time", turn: "2", ordinal: 5),
        ].codexEntries.turns
        #expect(turns.map(\.summary) == ["1 < late -> completed", "2 < in time -> cut off"])
    }

    @Test("a paginated rollout's messages are its items alone")
    func twice() {
        let turns = [
            Rollout.started("1", ordinal: 1), Rollout.agentItem("said", turn: "1", ordinal: 2),
            Rollout.event(["type": "agent_message", "message": "said"], ordinal: 3),
        ].codexEntries.turns
        #expect(turns.map(\.summary) == ["1 < said -> cut off"])
    }

    @Test("before versions wrote where turns begin, each message of the user's began one")
    func implicit() {
        let turns = [
            Rollout.agent("welcome"), Rollout.user("a"), Rollout.agent("b"), Rollout.agent("c"), Rollout.user("d"),
        ].codexEntries.turns
        #expect(turns.map(\.summary) == ["? < welcome -> open", "? > a < b < c -> open", "? > d -> open"])
    }

    @Test("turns that a legacy rollout takes back are gone, from whichever end it is read")
    func rolledBack() throws {
        let lines = [
            Rollout.meta("thread", ordinal: nil),
            Rollout.started("1"), Rollout.user("a"), Rollout.agent("one"), Rollout.completed("1"),
            Rollout.started("2"), Rollout.user("b"), Rollout.agent("two"), Rollout.completed("2"),
            Rollout.rolledBack(1),
            Rollout.started("3"), Rollout.user("c"), Rollout.agent("three"), Rollout.completed("3"),
            Rollout.started("4"), Rollout.user("d"), Rollout.agent("four"),
            Rollout.rolledBack(1),
            Rollout.started("5"), Rollout.user("e"), Rollout.agent("five"), Rollout.completed("5"),
        ]
        for compressed in [false, true] {
            let file = try ScratchRollout(bytes: lines.lines, compressed: compressed)
            #expect(try file.history.turns().map(\.id) == ["1", "3", "5"])
            #expect(try file.history.lastTexts(count: 1) == ["five"])
            #expect(try file.history.lastTexts(count: 2) == ["three", "five"])
            #expect(try file.history.lastTexts(count: 9) == ["one", "three", "five"])
            #expect(try file.history.lastTexts(count: 9, turn: "4") == ["four"])
        }
        #expect([Rollout.started("1"), Rollout.rolledBack(7), Rollout.started("2")].codexEntries.turns.map(\.id) == ["2"])
    }

    @Test("more texts than are wanted are not kept")
    func many() throws {
        var lines = [Rollout.meta("thread", ordinal: nil), Rollout.started("1")]
        lines += (0..<1000).map { Rollout.agent("\($0)") }
        for compressed in [false, true] {
            let history = try ScratchRollout(bytes: lines.lines, compressed: compressed)
            #expect(try history.history.lastTexts(count: 3) == ["997", "998", "999"])
            #expect(try history.history.lastTexts(count: 70) == (930..<1000).map { "\($0)" })
            #expect(try history.history.lastTexts(count: 2, turn: "1") == ["998", "999"])
        }
    }

    @Test("messages without text are none")
    func empty() {
        let turns = [Rollout.started("1"), Rollout.user(""), Rollout.agent(""), Rollout.completed("1")].codexEntries.turns
        #expect(turns.map(\.messages) == [[]])
    }
}
