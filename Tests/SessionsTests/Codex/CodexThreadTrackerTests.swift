import JSON
import Testing
@testable import CodexAppServer
@testable import Sessions

/// What a test says of turns and items, without what does not matter.
enum Told {
    static func turn(
        _ id: String, _ status: ThreadTurn.Status = .inProgress, _ items: [ThreadItem] = [], error: CodexTurnError? = nil, completedAt: Double? = nil
    ) -> ThreadTurn {
        ThreadTurn(id: id, status: status, items: items, error: error, startedAt: 1, completedAt: completedAt)
    }

    static func user(_ text: String, client: Int64? = nil) -> ThreadItem {
        ThreadItem([
            "type": "userMessage", "id": .string("item-" + text), "content": [["type": "text", "text": .string(text)]],
            "clientId": client.map { .string(TrackerLog.clientID($0)) } ?? nil,
        ])
    }

    static func agent(_ text: String) -> ThreadItem {
        ThreadItem(["type": "agentMessage", "id": .string("item-" + text), "text": .string(text)])
    }

    static func error(_ message: String) -> CodexTurnError {
        CodexTurnError(message: message, codexErrorInfo: "other", additionalDetails: nil)
    }

    static func goal(_ status: String) -> CodexGoal {
        CodexGoal(
            threadId: "t", objective: "finish", status: status, tokenBudget: nil, tokensUsed: 0, timeUsedSeconds: 0, createdAt: 0, updatedAt: 0)
    }
}

@Suite("What goes on in a Codex thread")
struct CodexThreadTrackerTests {
    private var log = TrackerLog()

    private mutating func tell(_ notifications: ThreadNotification...) {
        for notification in notifications { log.take(.told(notification)) }
    }

    private mutating func run(_ id: String, as turn: Int64) {
        log.take(.sends(turn: turn, steers: false))
        log.take(.answered(turn: turn, by: id, steers: false))
    }

    // MARK: Ours and others'

    @Test("what is told before the answer to our message is taken for ours, all of it, and no earlier")
    mutating func toldBeforeAnswer() {
        log.take(.sends(turn: 1, steers: false))
        tell(
            .turnStarted(Told.turn("A")), .itemStarted(Told.user("hello"), turn: "A"), .itemCompleted(Told.user("hello"), turn: "A"),
            .turnCompleted(Told.turn("A", .completed, completedAt: 2)))
        #expect(log.news() == [])
        log.take(.answered(turn: 1, by: "A", steers: false))
        #expect(log.news() == ["1 is A", "human: hello", "A completed"])
        #expect(log.tracker.running == nil)
    }

    @Test("another's turn that is told while ours is being started stays another's")
    mutating func anothersMeanwhile() {
        log.take(.sends(turn: 1, steers: false))
        tell(.turnStarted(Told.turn("B")), .itemStarted(Told.user("by hand"), turn: "B"), .turnCompleted(Told.turn("B", .completed)))
        log.take(.answered(turn: 1, by: "A", steers: false))
        #expect(log.news() == ["1 is A", "B of terminal: by hand", "B completed"])
    }

    @Test("a message that was refused is nobody's, and what was kept back is told")
    mutating func refused() {
        log.take(.sends(turn: 1, steers: false))
        tell(.turnStarted(Told.turn("B")), .itemStarted(Told.user("by hand", client: 1), turn: "B"))
        log.take(.answered(turn: 1, by: nil, steers: false))
        #expect(log.news() == ["B of terminal: by hand"])
    }

    @Test("a message whose answer was lost is known by what it was called")
    mutating func answerLost() {
        log.take(.sends(turn: 1, steers: false))
        log.take(log.tracker.release())
        tell(.turnStarted(Told.turn("A")), .itemStarted(Told.user("hello", client: 1), turn: "A"), .turnCompleted(Told.turn("A", .completed)))
        #expect(log.news() == ["1 is A", "A completed"])
    }

    @Test("while one of two still waits for its answer, nothing of turns is told")
    mutating func twoHolds() {
        log.tracker.hold()
        log.tracker.hold()
        tell(.turnStarted(Told.turn("A")), .itemStarted(Told.user("by hand"), turn: "A"), .goalUpdated(Told.goal("active")))
        log.take(log.tracker.release())
        #expect(log.news() == ["goal active"])
        log.take(log.tracker.release())
        #expect(log.news() == ["A of terminal: by hand"])
    }

    @Test("a turn that somebody else began is told with its first message, before which Codex may make room")
    mutating func compaction() {
        tell(.turnStarted(Told.turn("A")))
        #expect(log.tracker.running == "A")
        tell(.itemStarted(ThreadItem(["type": "contextCompaction", "id": "1"]), turn: "A"), .itemStarted(ThreadItem(["type": "hookPrompt", "id": "2"]), turn: "A"))
        #expect(log.news() == [])
        tell(.itemStarted(Told.user("by hand"), turn: "A"))
        #expect(log.news() == ["A of terminal: by hand"])
    }

    @Test("a turn without a message is the goal's, told with the first thing that it does, or with its end")
    mutating func goalsTurn() {
        tell(.goalUpdated(Told.goal("active")), .turnStarted(Told.turn("A")), .itemStarted(Told.agent("step"), turn: "A"))
        tell(.turnCompleted(Told.turn("A", .completed)), .turnStarted(Told.turn("B")), .turnCompleted(Told.turn("B", .completed)))
        #expect(log.news() == ["goal active", "A of agent: finish", "A completed", "B of agent: finish", "B completed"])
    }

    // MARK: Steering

    @Test("a message that steers belongs to the running turn, and ends with it")
    mutating func steer() {
        run("A", as: 1)
        log.take(.sends(turn: 2, steers: true))
        tell(.itemCompleted(Told.user("turn left", client: 2), turn: "A"))
        log.take(.answered(turn: 2, by: "A", steers: true))
        tell(.turnCompleted(Told.turn("A", .completed)))
        #expect(log.news() == ["1 is A", "2 is A", "human: turn left", "2 is A", "A completed"])
    }

    @Test("a message that steers a turn whose end is told before the answer ends as well")
    mutating func steeredAtTheEnd() {
        run("A", as: 1)
        log.take(.sends(turn: 2, steers: true))
        tell(.turnCompleted(Told.turn("A", .interrupted, completedAt: 2)))
        log.take(.answered(turn: 2, by: "A", steers: true))
        #expect(log.news() == ["1 is A", "A interrupted", "2 is A", "A interrupted"])
        #expect(log.tracker.running == nil)
    }

    // MARK: Ends

    @Test("a turn ends once, however often that is told; a beginning that is told after it is passed over")
    mutating func once() {
        run("A", as: 1)
        let end = Told.turn("A", .completed, completedAt: 2)
        tell(.turnCompleted(end), .turnCompleted(end), .turnStarted(Told.turn("A")))
        #expect(log.tracker.running == nil)
        log.take(log.tracker.reconcile([end]))
        log.take(log.tracker.lose("it is gone"))
        #expect(log.news() == ["1 is A", "A completed"])
    }

    @Test("a turn fails for the reason that its end gives, or else for what was told before")
    mutating func failures() {
        run("A", as: 1)
        tell(.failing(Told.error("no money"), willRetry: false, turn: "A"), .turnCompleted(Told.turn("A", .failed)))
        #expect(log.tracker.failure?.message == "no money")
        run("B", as: 2)
        #expect(log.tracker.failure == nil)
        tell(.failing(Told.error("Reconnecting... 1/5"), willRetry: true, turn: "B"), .turnCompleted(Told.turn("B", .failed, error: Told.error("no server"))))
        #expect(log.news() == ["1 is A", "A failed: no money", "2 is B", "B failed: no server"])
        tell(.turnStarted(Told.turn("C")))
        #expect(log.tracker.failure == nil)
    }

    @Test("what a command says after its turn's end is said, and begins nothing")
    mutating func lateItem() {
        run("A", as: 1)
        tell(.turnCompleted(Told.turn("A", .completed)), .itemCompleted(ThreadItem(["type": "commandExecution", "id": "c"]), turn: "A"))
        #expect(log.news() == ["1 is A", "A completed"])
        #expect(log.tracker.running == nil)
    }

    // MARK: Goals

    @Test("a goal goes on until its status says otherwise, or its turn is stopped")
    mutating func goals() {
        #expect(!log.tracker.pursuesGoal)
        tell(.goalUpdated(Told.goal("active")), .turnStarted(Told.turn("A")), .turnCompleted(Told.turn("A", .completed)))
        #expect(log.tracker.pursuesGoal)
        tell(.turnStarted(Told.turn("B")), .turnCompleted(Told.turn("B", .interrupted, completedAt: 2)))
        #expect(!log.tracker.pursuesGoal)
        tell(.turnStarted(Told.turn("C")))
        #expect(log.tracker.pursuesGoal)
        tell(.turnCompleted(Told.turn("C", .interrupted, completedAt: 2)))
        log.tracker.begin(Told.goal("active"))
        #expect(log.tracker.pursuesGoal)
        for status in ["paused", "blocked", "usageLimited", "budgetLimited", "complete"] {
            tell(.goalUpdated(Told.goal(status)))
            #expect(!log.tracker.pursuesGoal)
        }
    }

    @Test("that a goal was cleared is told once, and of no goal nothing")
    mutating func cleared() {
        tell(.goalCleared, .goalUpdated(Told.goal("paused")), .goalCleared, .goalCleared)
        #expect(log.news() == ["goal paused", "goal cleared"])
    }

    // MARK: After a gap

    @Test("what became of our turn meanwhile is told as it was", arguments: [
        (Told.turn("A", .completed, completedAt: 2), "A completed"),
        (Told.turn("A", .failed, error: Told.error("no money"), completedAt: 2), "A failed: no money"),
        (Told.turn("A", .interrupted, completedAt: 2), "A interrupted"),
        (Told.turn("A", .interrupted), "A cutOff: the Codex app-server ended during the turn"),
    ])
    mutating func reconciled(_ turn: ThreadTurn, _ words: String) {
        run("A", as: 1)
        log.take(log.tracker.reconcile([turn]))
        #expect(log.news() == ["1 is A", words])
        #expect(log.tracker.running == nil)
    }

    @Test("a turn that still runs goes on, and ends when that is told")
    mutating func lostAndFound() {
        run("A", as: 1)
        log.take(log.tracker.reconcile([Told.turn("A", .inProgress, [Told.user("hello")])]))
        #expect(log.news() == ["1 is A"])
        #expect(log.tracker.running == "A")
        tell(.turnCompleted(Told.turn("A", .completed)))
        #expect(log.news() == ["A completed"])
    }

    @Test("a turn that the server knows nothing of any more was cut off")
    mutating func unknown() {
        run("A", as: 1)
        log.take(log.tracker.reconcile([Told.turn("0", .completed)]))
        #expect(log.news() == ["1 is A", "A cutOff: the Codex app-server ended, and does not know the turn any more"])
    }

    @Test("a message whose answer was lost is found in its turn, over or not")
    mutating func found() {
        for turn: Int64 in 1...3 {
            log.take(.sends(turn: turn, steers: false))
            log.take(log.tracker.release())
        }
        log.take(log.tracker.reconcile([
            Told.turn("B", .inProgress, [Told.user("two", client: 2)]), Told.turn("A", .completed, [Told.user("one", client: 1)], completedAt: 2),
        ]))
        #expect(log.news() == ["1 is A", "A completed", "2 is B"])
        #expect(log.tracker.running == "B")
        // The third one is still looked for.
        tell(.turnCompleted(Told.turn("B", .completed)), .turnStarted(Told.turn("C")), .itemStarted(Told.user("three", client: 3), turn: "C"))
        #expect(log.news() == ["B completed", "3 is C"])
    }

    @Test("a message that is found in a turn that has ended ends with it, though that turn's end was told before")
    mutating func foundLate() {
        run("A", as: 1)
        tell(.turnCompleted(Told.turn("A", .completed)))
        for turn: Int64 in 2...3 { log.take(.sends(turn: turn, steers: true)) }
        log.take(log.tracker.find(2, in: Told.turn("A", .completed, completedAt: 2)))
        #expect(log.news() == ["1 is A", "A completed", "2 is A", "A completed"])
        log.take(log.tracker.find(3, in: Told.turn("B", .inProgress)))
        log.take(log.tracker.find(3, in: Told.turn("B", .inProgress)))
        #expect(log.news() == ["3 is B"])
        #expect(log.tracker.running == "B")
    }

    @Test("another's turn that runs is told of, once it is known whose it is; what was over before anything was known is not")
    mutating func anothersAfterwards() {
        log.take(log.tracker.reconcile([Told.turn("B", .inProgress), Told.turn("A", .completed, [Told.user("over")], completedAt: 2)]))
        #expect(log.news() == [])
        #expect(log.tracker.running == "B")
        tell(.itemStarted(Told.user("by hand"), turn: "B"))
        #expect(log.news() == ["B of terminal: by hand"])
        log.take(log.tracker.reconcile([Told.turn("C", .inProgress, [Told.user("next")]), Told.turn("B", .completed, completedAt: 2)]))
        #expect(log.news() == ["B completed", "C of terminal: next"])
    }

    @Test("what others began and ended after the last turn that is known is told of afterwards")
    mutating func anothersUnseen() {
        log.tracker.expect([], ended: ["A"])
        log.take(log.tracker.reconcile([
            Told.turn("D", .interrupted), Told.turn("C", .failed, [Told.user("by hand")], error: Told.error("no money"), completedAt: 4),
            Told.turn("B", .completed, [Told.user("hello")], completedAt: 3), Told.turn("A", .completed, completedAt: 2),
            Told.turn("0", .completed, completedAt: 1),
        ]))
        #expect(log.news() == [
            "B of terminal: hello", "B completed", "C of terminal: by hand", "C failed: no money",
            "D of agent: ", "D cutOff: the Codex app-server ended during the turn",
        ])
        // As many as there are: what is known is further back.
        log.take(log.tracker.reconcile([Told.turn("F", .completed, [Told.user("one")], completedAt: 6), Told.turn("E", .completed, completedAt: 5)]))
        #expect(log.news() == ["E of agent: ", "E completed", "F of terminal: one", "F completed"])
    }

    @Test("a turn that was taken for lost and runs on is not told of again, and nothing is sent into it")
    mutating func runsOn() {
        run("A", as: 1)
        _ = log.news()
        log.take(log.tracker.lose("the server is gone"))
        #expect(log.news() == ["A cutOff: the server is gone"])
        log.take(log.tracker.reconcile([Told.turn("A", .inProgress, [Told.user("hello", client: 1)])]))
        #expect(log.tracker.running == "A")
        #expect(log.tracker.isOpen("A"))
        tell(.turnCompleted(Told.turn("A", .completed, completedAt: 2)))
        #expect(log.tracker.running == nil)
        #expect(!log.tracker.isOpen("A"))
    }

    @Test("what was said in a turn is needed only of one that is new, or that may have a message of ours")
    mutating func neededItems() {
        log.tracker.expect(["B"], ended: ["A"])
        func needed() -> [String] { ["A", "B", "C"].filter { log.tracker.needsItems(of: Told.turn($0, .completed)) } }
        #expect(needed() == ["C"])
        log.take(.sends(turn: 1, steers: false))
        #expect(needed() == ["B", "C"])
    }

    @Test("a turn that a crash cut off before its first item is told of afterwards")
    mutating func cutOffAtOnce() {
        tell(.goalUpdated(Told.goal("active")), .turnStarted(Told.turn("A")))
        _ = log.news()
        log.take(log.tracker.reconcile([Told.turn("A", .interrupted), Told.turn("0", .completed, completedAt: 1)]))
        #expect(log.news() == ["A of agent: finish", "A cutOff: the Codex app-server ended during the turn"])
    }

    @Test("turns of an earlier supervisor's are ended, and those that it saw the end of are not told again")
    mutating func earlierSupervisor() {
        log.tracker.expect(["B"], ended: ["A"])
        log.tracker.expect(TrackerLog.clientID(3), turn: 3)
        log.take(log.tracker.reconcile([
            Told.turn("C", .interrupted, [Told.user("three", client: 3)]), Told.turn("B", .completed, completedAt: 3),
            Told.turn("A", .completed, completedAt: 2),
        ]))
        #expect(log.news() == ["B completed", "3 is C", "C cutOff: the Codex app-server ended during the turn"])
    }

    @Test("when there is no server, all that ran was cut off")
    mutating func lost() {
        log.tracker.expect(["A"], ended: [])
        run("B", as: 2)
        log.take(log.tracker.lose("no server"))
        #expect(log.news() == ["2 is B", "A cutOff: no server", "B cutOff: no server"])
        #expect(log.tracker.running == nil)
        #expect(log.tracker.status == .notLoaded)
    }
}
