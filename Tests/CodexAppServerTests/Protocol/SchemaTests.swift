import JSON
import TestSupport
import Testing

@testable import CodexAppServer

/// A new version of Codex that changes what is used here is seen by these.
@Suite("The protocol's types against the installed Codex's schema", .enabled(if: RealAgents.codex != nil), .timeLimit(.minutes(2)))
struct SchemaTests {
    // MARK: Requests

    private static let thread = "01a1fbf1-2ced-7421-82bc-b3a289897fe5"

    /// Each request with all that it can have, and with as little as it can have.
    private static let requests: [any AppServerCall] = [
        Initialize(clientVersion: "1"),
        ThreadStart(cwd: "/work", model: "m", approvalPolicy: "never", sandbox: "danger-full-access", config: ["a.b": ["c": 1]]),
        ThreadStart(cwd: "/work", model: nil, approvalPolicy: "on-request", sandbox: "workspace-write", config: nil),
        ThreadStart(cwd: "/work", model: nil, approvalPolicy: "untrusted", sandbox: "read-only", config: nil),
        ThreadResume(threadId: thread, config: ["a": 1]),
        ThreadResume(threadId: thread, config: nil),
        ThreadRead(threadId: thread),
        ThreadTurnsList(threadId: thread, cursor: "c", limit: 20),
        ThreadTurnsList(threadId: thread, limit: 20, items: .notLoaded),
        ThreadLoadedList(cursor: "c"),
        ThreadLoadedList(),
        ThreadNameSet(threadId: thread, name: "dev-ahri"),
        ThreadArchive(threadId: thread),
        ThreadUnarchive(threadId: thread),
        BackgroundTerminalsClean(threadId: thread),
        TurnStart(threadId: thread, text: "hello", clientUserMessageId: "dev-sessions-ahri-1"),
        TurnSteer(threadId: thread, expectedTurnId: "t", text: "hello", clientUserMessageId: "dev-sessions-ahri-1"),
        TurnInterrupt(threadId: thread, turnId: "t"),
        GoalSet(threadId: thread, objective: "o", status: CodexGoal.Status.active, tokenBudget: 1000),
        GoalSet(threadId: thread, status: CodexGoal.Status.paused),
        GoalGet(threadId: thread),
        GoalClear(threadId: thread),
        ConfigRead(cwd: "/work"),
    ]

    @Test("each request has the parameters that its method takes, and none that it does not know", arguments: requests.indices)
    func request(_ index: Int) async throws {
        let request = Self.requests[index]
        let schema = try await CodexSchema.installed()
        let method = type(of: request).method
        let parameters = try schema.parameters(of: method, .clientRequest)
        #expect(schema.problems(sending: try JSON.encode(request), as: parameters) == [], "\(method)")
    }

    @Test("a request with a field that Codex does not know, without one that it needs, or with a wrong one, is found out")
    func wrongRequest() async throws {
        let schema = try await CodexSchema.installed()
        let steer = try schema.parameters(of: TurnSteer.method, .clientRequest)
        let good: JSON = ["threadId": "t", "expectedTurnId": "t", "input": [["type": "text", "text": "hello"]]]
        #expect(schema.problems(sending: good, as: steer) == [])
        let wrong: [(String, JSON?)] = [("turn", "t"), ("expectedTurnId", nil), ("threadId", 7), ("input", [["type": "speech"]])]
        for (field, value) in wrong {
            var bad = good
            bad[field] = value
            #expect(schema.problems(sending: bad, as: steer) != [], "\(field)")
        }
        #expect(throws: TestSupportError.self) { try schema.parameters(of: "turn/begin", .clientRequest) }
    }

    @Test("what is asked not to be told is something that the server would tell")
    func optedOut() async throws {
        let told = try await CodexSchema.installed().methods(.serverNotification)
        let optedOut = Initialize(clientVersion: "1").capabilities.optOutNotificationMethods
        #expect(Set(optedOut).subtracting(told) == [])
    }

    // MARK: Results

    private static let turn = ["id", "status", "items[]", "error?.message", "error?.codexErrorInfo?", "error?.additionalDetails?", "startedAt?", "completedAt?"]
    private static let openedThread = ["id", "status?.type", "status?.activeFlags?[]", "cwd?", "path?", "name?", "ephemeral?"]
    private static let goal = ["threadId", "objective", "status", "tokenBudget?", "tokensUsed", "timeUsedSeconds", "createdAt", "updatedAt"]

    private static func below(_ field: String, _ paths: [String]) -> [String] { paths.map { "\(field).\($0)" } }

    /// What is read of each result, `?` where nothing is missed without it.
    private static let results: [(method: String, paths: [String])] = [
        (Initialize.method, ["userAgent", "codexHome?"]),
        (ThreadStart.method, below("thread", openedThread) + ["model?", "cwd?"]),
        (ThreadResume.method, below("thread", openedThread) + ["model?", "cwd?"] + below("initialTurnsPage?.data[]", turn)),
        (ThreadRead.method, below("thread", openedThread)),
        (ThreadTurnsList.method, below("data[]", turn) + ["nextCursor?"]),
        (ThreadLoadedList.method, ["data[]", "nextCursor?"]),
        (TurnStart.method, below("turn", turn)),
        (TurnSteer.method, ["turnId"]),
        (GoalSet.method, below("goal", goal)),
        (GoalGet.method, below("goal?", goal)),
        (GoalClear.method, ["cleared"]),
        (ConfigRead.method, ["config"]),
    ]

    @Test("each result has the fields that are read of it", arguments: results.indices)
    func result(_ index: Int) async throws {
        let (method, paths) = Self.results[index]
        let schema = try await CodexSchema.installed()
        let result = try schema.result(of: method, .clientRequest)
        #expect(paths.compactMap { schema.problem(reading: $0, of: result) } == [], "\(method)")
    }

    @Test("requests of which nothing is read have a result, too", arguments: [
        ThreadNameSet.method, ThreadArchive.method, ThreadUnarchive.method, BackgroundTerminalsClean.method, TurnInterrupt.method,
    ])
    func unused(_ method: String) async throws {
        let schema = try await CodexSchema.installed()
        #expect(schema.methods(.clientRequest).contains(method))
    }

    @Test("a field that is not there, that can be missing or that can be null is found out")
    func wrongResult() async throws {
        let schema = try await CodexSchema.installed()
        let turns = try schema.result(of: ThreadTurnsList.method, .clientRequest)
        for path in ["turns", "data[].state", "data[].error.message", "data[].completedAt", "nextCursor[]"] {
            #expect(schema.problem(reading: path, of: turns) != nil, "\(path)")
        }
    }

    // MARK: Notifications and requests of the server's

    /// What is read of each notification.
    private static let notifications: [(method: String, paths: [String])] = [
        ("turn/started", below("turn", turn) + ["threadId"]),
        ("turn/completed", below("turn", turn) + ["threadId"]),
        ("item/started", ["item", "turnId", "threadId"]),
        ("item/completed", ["item", "turnId", "threadId"]),
        ("thread/status/changed", ["status.type", "status.activeFlags?[]", "threadId"]),
        ("serverRequest/resolved", ["requestId", "threadId"]),
        ("thread/goal/updated", below("goal", goal) + ["threadId"]),
        ("thread/goal/cleared", ["threadId"]),
        ("error", ["error.message", "error.codexErrorInfo?", "error.additionalDetails?", "willRetry", "turnId", "threadId"]),
        ("thread/archived", ["threadId"]),
        ("thread/deleted", ["threadId"]),
        ("thread/closed", ["threadId"]),
    ]

    @Test("each notification that is understood has the fields that are read of it", arguments: notifications.indices)
    func notification(_ index: Int) async throws {
        let (method, paths) = Self.notifications[index]
        let schema = try await CodexSchema.installed()
        let parameters = try schema.parameters(of: method, .serverNotification)
        #expect(paths.compactMap { schema.problem(reading: $0, of: parameters) } == [], "\(method)")
    }

    @Test("the words that decide something are all that Codex uses")
    func words() async throws {
        let schema = try await CodexSchema.installed()
        let completed = try schema.parameters(of: "turn/completed", .serverNotification)
        #expect(schema.words(at: "turn.status", of: completed) == ["inProgress", "completed", "failed", "interrupted"])
        let status = try schema.parameters(of: "thread/status/changed", .serverNotification)
        #expect(schema.words(at: "status.type", of: status) == ["notLoaded", "idle", "systemError", "active"])
        #expect(schema.words(at: "status.activeFlags[]", of: status) == ["waitingOnApproval", "waitingOnUserInput"])
        let goal = try schema.parameters(of: "thread/goal/updated", .serverNotification)
        #expect(schema.words(at: "goal.status", of: goal) == ["active", "paused", "blocked", "usageLimited", "budgetLimited", "complete"])
    }

    @Test("items have the fields that are looked into")
    func items() async throws {
        let schema = try await CodexSchema.installed()
        let item = try schema.parameters(of: "item/completed", .serverNotification)
        #expect(schema.words(at: "item.type", of: item).isSuperset(of: ["userMessage", "agentMessage", "contextCompaction", "hookPrompt", "fileChange"]))
        for path in ["item.id", "item.type", "item.text?", "item.content?[].text?", "item.clientId?", "item.changes?[].path"] {
            #expect(schema.problem(reading: path, of: item) == nil)
        }
    }
}
