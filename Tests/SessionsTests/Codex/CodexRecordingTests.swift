import TestSupport
import Testing
@testable import CodexAppServer
@testable import Sessions

@Suite("Recordings of Codex, as a session sees them", .timeLimit(.minutes(2)))
struct CodexRecordingTests {
    private func play(_ name: String, _ connection: String, _ number: Int = 0) throws -> ThreadPlay {
        let plays = try ThreadPlay.all(in: name).filter { $0.connection == connection }
        try #require(number < plays.count)
        return plays[number].play
    }

    private func words(_ name: String, _ connection: String, _ number: Int = 0) throws -> [String] {
        TrackerLog(try play(name, connection, number)).words.map { String($0.prefix(28)) }
    }

    @Test("turns of ours, one after the other")
    func basic() throws {
        #expect(try words("01-basic-ws", "A") == [
            "1 is A", "human: SAY hello world", "assistant: hello world", "A completed",
            "2 is B", "human: TOOL echo tool-output", "assistant: done: tool-output", "B completed",
            "3 is C", "human: TOOL for i in 1 2 3; ", "assistant: done: tick 1\ntick", "C completed",
            "4 is D", "human: SLOW 20 this is a slo", "D interrupted",
        ])
    }

    @Test("messages that steer, refused ones, and one that is sent while a turn runs")
    func steering() throws {
        let words = try words("02-interrupt-steer-ws", "A").filter { !$0.hasPrefix("human") && !$0.hasPrefix("assistant") }
        #expect(words == [
            "1 is A", "A completed", "2 is B", "B completed", "3 is C", "C interrupted", "4 is D", "D interrupted",
            "5 is E", "8 is E", "E completed", "9 is F", "10 is F", "F completed",
        ])
    }

    @Test("a turn of another client's is a person's")
    func twoClients() throws {
        let words = try words("03-two-clients-ws", "A").filter { !$0.hasPrefix("human") && !$0.hasPrefix("assistant") }
        #expect(words == [
            "1 is A", "A completed", "2 is B", "B completed", "3 is C", "C completed", "D of terminal: SAY from B", "D completed",
            "4 is E", "E completed", "5 is F",
        ])
    }

    @Test("a terminal interface that is attached: the person's turn, and ours while they look on")
    func attached() throws {
        let words = try words("10-tui-attach", "SUP").filter { !$0.hasPrefix("human") && !$0.hasPrefix("assistant") }
        #expect(words == ["A of terminal: SAY typed by ", "A completed", "1 is B", "B completed", "2 is C", "C completed", "3 is D", "D completed"])
    }

    @Test("what is told of a person's turn does not depend on what else is in it", arguments: CodexRecording.names)
    func allOthers(_ name: String) throws {
        for (connection, play) in try ThreadPlay.all(in: name) {
            var messages: [String: String] = [:]
            var begun: Set<String> = []
            for case .told(let notification) in play.steps {
                if case .turnStarted(let turn) = notification { begun.insert(turn.id) }
                switch notification {
                case .itemStarted(let item, let turn), .itemCompleted(let item, let turn): messages[turn] = messages[turn] ?? item.userText
                default: break
                }
            }
            let log = TrackerLog(play.withoutOurs)
            let told = log.events.compactMap { if case .turnStarted(let turn) = $0 { turn } else { nil } }
            for turn in told {
                #expect(turn.origin == (messages[turn.id] == nil ? .agent : .terminal), "\(name) \(connection)")
                if let message = messages[turn.id] { #expect(turn.text == message) }
            }
            // One whose first message is still to come at the recording's end is not told of yet.
            #expect(begun.subtracting(told.map(\.id)).count <= 1)
        }
    }

    @Test("failed turns, each for Codex's own reason; the thread's error is over with the next turn")
    func errors() throws {
        let reasons = try words("04-errors-ws", "A").filter { $0.contains(" failed") || $0.contains(" completed") }
        #expect(reasons == [
            "A failed: {\"error\": {\"messag", "B completed", "C failed: unexpected status ", "D failed: Codex ran out of r",
            "E failed: rate limit exceede", "F failed: Quota exceeded. Ch",
        ])
        var log = TrackerLog()
        for step in try play("04-errors-ws", "A").steps {
            log.take(step)
            switch step {
            case .told(.turnStarted): #expect(log.tracker.failure == nil)
            case .told(.turnCompleted(let turn)) where turn.status == .failed:
                #expect(log.tracker.failure == turn.error)
                #expect(log.tracker.status == .systemError)
            case .told(.turnCompleted): #expect(log.tracker.status == .idle)
            default: break
            }
        }
    }

    @Test("a turn that waits for an approval goes on or is stopped by the answer")
    func approvals() throws {
        let ends = TrackerLog(try play("05-approvals-ws", "A")).ends.map(\.end.state)
        #expect(ends == [.completed, .completed, .completed, .completed, .interrupted, .completed, .completed, .completed, .completed, .interrupted, .completed])
    }

    // MARK: Goals

    @Test("a goal's turns, its statuses, and that it is pursued in between although the thread is idle")
    func goal() throws {
        let play = try play("06-goals-ws", "A")
        let words = TrackerLog(play).words.filter { !$0.hasPrefix("assistant") }
        #expect(words.prefix(13) == [
            "goal active", "A of agent: GOALSTEP 3 finish the thing", "goal active", "A completed",
            "B of agent: GOALSTEP 3 finish the thing", "goal active", "B completed",
            "goal active", "goal complete", "C of agent: GOALSTEP 3 finish the thing", "C completed", "goal cleared", "goal paused",
        ])
        var log = TrackerLog()
        var betweenTurns: [Bool] = []
        for step in play.steps {
            log.take(step)
            if case .told(.turnCompleted) = step { betweenTurns.append(log.tracker.pursuesGoal) }
        }
        #expect(betweenTurns == [true, true, false, false, false])
    }

    @Test("a goal whose turn was interrupted or failed is not pursued", arguments: [1, 2])
    func goalStopped(_ number: Int) throws {
        let log = TrackerLog(try play("06-goals-ws", "A", number))
        #expect(log.ends.map(\.end.state) == [number == 1 ? .interrupted : .failed])
        #expect(!log.tracker.pursuesGoal)
        #expect(log.tracker.running == nil)
    }

    @Test("a goal that the agent sets itself in a turn of ours goes on after it")
    func goalOfTheAgent() throws {
        let words = TrackerLog(try play("06-goals-ws", "A", 3)).words.filter { !$0.hasPrefix("assistant") && !$0.hasPrefix("human") }
        #expect(words == [
            "1 is A", "goal active", "goal active", "A completed", "B of agent: GOALSTEP 2 from the model", "goal active", "B completed",
            "goal active", "goal complete", "C of agent: GOALSTEP 2 from the model", "C completed",
        ])
    }

    // MARK: A crash

    @Test("after a SIGKILL of the server, each cut turn is reported as cut off, by what the next server tells of it")
    func crash() throws {
        let recording = try CodexRecording("08-crash-restart-ws")
        var cut = 0
        for (connection, play) in try ThreadPlay.all(in: "08-crash-restart-ws") where connection == "A" {
            let resumed = try #require(recording.calls.first {
                $0.connection == "A2" && $0.method == ThreadResume.method && $0.parameters["threadId"] == .string(play.thread)
            })
            let turns: [ThreadTurn] = try #require(resumed.answer["result"]?["thread"]?["turns"]).decode()
            var log = TrackerLog(play)
            let ended = log.ends.count
            let running = log.tracker.running
            log.take(log.tracker.reconcile(turns.reversed()))
            let ends = log.ends.dropFirst(ended)
            #expect(ends.map(\.turn) == [running].compactMap(\.self))
            #expect(ends.allSatisfy { $0.end == AgentTurnEnd(state: .cutOff, reason: "the Codex app-server ended during the turn") })
            #expect(log.tracker.running == nil)
            cut += ends.count
        }
        #expect(cut == 4)
    }
}
