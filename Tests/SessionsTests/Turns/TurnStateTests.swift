import JSON
import Transcripts
import Sessions
import Testing

@Suite("The states of a turn")
struct TurnStateTests {
    @Test("a turn is over exactly when nothing can follow, and only then does it have a final word")
    func finalStates() {
        let final: Set<TurnState> = [.completed, .failed, .interrupted, .cutOff, .cancelled, .undelivered]
        for state in TurnState.allCases {
            #expect(state.isFinal == final.contains(state))
            #expect((state.outcome.status != nil) == state.isFinal)
            #expect((state.outcome.event == .turnEnded) == state.isFinal)
        }
    }

    @Test("every state is reached from queued or running, and from every state there is a way to an end")
    func reachability() {
        func reachable(from start: TurnState) -> Set<TurnState> {
            var found: Set<TurnState> = [start]
            var frontier = [start]
            while let state = frontier.popLast() {
                for next in state.successors where found.insert(next).inserted { frontier.append(next) }
            }
            return found
        }
        #expect(reachable(from: .queued) == Set(TurnState.allCases))
        for state in TurnState.allCases { #expect(reachable(from: state).contains { $0.isFinal }) }
    }

    @Test("a message goes back to the queue only while it is being typed")
    func requeueing() {
        #expect(TurnState.allCases.filter { $0.canBecome(.queued) } == [.delivering])
    }

    @Test("a message that the agent has can no longer be undelivered")
    func noWayBack() {
        #expect(!TurnState.running.canBecome(.undelivered))
        #expect(!TurnState.waitingForInput.canBecome(.undelivered))
    }

    @Test("wait goes on, ends well, asks for input or fails", arguments: [
        (TurnState.queued, nil), (.delivering, nil), (.running, nil), (.waitingForInput, 3), (.completed, 0),
        (.failed, 1), (.interrupted, 1), (.cutOff, 1), (.cancelled, 1), (.undelivered, 1),
    ] as [(TurnState, Int32?)])
    func exitCodes(state: TurnState, code: Int32?) {
        #expect(state.outcome.exitCode == code)
    }

    @Test("an origin is one word, and comes back from it", arguments: [
        (TurnOrigin.command, "command"), (.terminal, "terminal"), (.agent, "agent"), (.session("ahri-mid"), "session:ahri-mid"),
    ])
    func origins(origin: TurnOrigin, word: String) throws {
        #expect(try JSON.encode(origin) == .string(word))
        #expect(try JSON.string(word).decode(TurnOrigin.self) == origin)
    }

    @Test("a turn survives being encoded")
    func coding() throws {
        var turn = Turn(
            id: 7, session: "ahri-mid", origin: .session("zed-top"), state: .delivering, text: "häß", literal: true, createdAt: 5)
        turn.transcript = TranscriptPosition(path: "/t.jsonl", device: .max, inode: 3, offset: 12)
        #expect(turn.textBytes == 5)
        #expect(try JSON(parsing: JSON.encode(turn).compact).decode(Turn.self) == turn)
    }
}
