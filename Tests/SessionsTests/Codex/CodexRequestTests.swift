import JSON
import TestSupport
import Testing
@testable import CodexAppServer
@testable import Sessions

@Suite("What Codex asks, and what it is answered")
struct CodexRequestTests {
    private static let command = "item/commandExecution/requestApproval"
    private static let fileChange = "item/fileChange/requestApproval"
    private static let permissions = "item/permissions/requestApproval"
    private static let questions = "item/tool/requestUserInput"
    private static let elicitation = "mcpServer/elicitation/request"

    private func request(_ method: String, _ parameters: JSON, id: JSON = 0) throws -> CodexRequest {
        try #require(CodexRequest(ServerRequest(id: id, method: method, parameters: parameters), since: 7))
    }

    // MARK: What is asked

    @Test("a command is shown with its folder and its reason, and nothing else")
    func showsCommand() throws {
        let pending = try request(Self.command, [
            "threadId": "t", "turnId": "u", "itemId": "call_1", "command": "/bin/bash -lc 'ls'", "cwd": "/work", "reason": nil, "commandActions": [],
        ]).pending
        #expect(pending.kind == .permission)
        #expect(pending.tool == "exec_command")
        #expect(pending.input == ["command": "/bin/bash -lc 'ls'", "cwd": "/work"])
        #expect(pending.summary == "The agent asks for permission to use exec_command: /bin/bash -lc 'ls'")
        #expect(pending.allowsAlways == true)
        #expect(pending.answerable)
        #expect(pending.since == 7)
    }

    @Test("an MCP server's question is shown under the server's name")
    func showsElicitation() throws {
        let pending = try request(Self.elicitation, [
            "threadId": "t", "turnId": nil, "serverName": "tickets", "mode": "form", "message": "Close the ticket?", "requestedSchema": [:],
        ]).pending
        #expect(pending.kind == .permission)
        #expect(pending.tool == "tickets")
        #expect(pending.input == ["message": "Close the ticket?"])
        #expect(pending.allowsAlways == false)
    }

    @Test("the agent's questions are shown with their options, in their order")
    func showsQuestions() throws {
        let pending = try request(Self.questions, Self.twoQuestions).pending
        #expect(pending.kind == .question)
        #expect(pending.questions == [
            .init(text: "Which?", header: "Pick", options: [.init(label: "A", description: "the first"), .init(label: "B", description: nil)], multiSelect: false),
            .init(text: "Why?", header: nil, options: [], multiSelect: false),
        ])
        #expect(pending.summary == "Which?\n  - A: the first\n  - B\nWhy?")
    }

    private static let twoQuestions: JSON = [
        "threadId": "t", "turnId": "u", "itemId": "call_2", "isBlocking": true,
        "questions": [
            ["id": "q1", "header": "Pick", "question": "Which?", "options": [["label": "A", "description": "the first"], ["label": "B"]]],
            ["id": "q2", "question": "Why?", "options": nil],
        ],
    ]

    @Test("requests of two of the server's lives have different names, though their numbers begin anew")
    func names() throws {
        let first = try request(Self.command, ["threadId": "t", "itemId": "call_1"], id: 0).pending.id
        let second = try request(Self.command, ["threadId": "t", "itemId": "call_2"], id: 0).pending.id
        let again = try request(Self.command, ["threadId": "t", "itemId": "call_1"], id: 0).pending.id
        let callback = try request(Self.command, ["threadId": "t", "itemId": "call_1"], id: 1).pending.id
        #expect(first != second)
        #expect(first == again)
        #expect(first != callback)
    }

    @Test("what nobody can be asked is no request", arguments: [
        "item/tool/call", "account/chatgptAuthTokens/refresh", "attestation/generate", "currentTime/read", "applyPatchApproval", "execCommandApproval", "thread/mood",
    ])
    func unknown(_ method: String) {
        #expect(CodexRequest(ServerRequest(id: 0, method: method, parameters: ["threadId": "t"]), since: 0) == nil)
    }

    // MARK: Recordings

    @Test("each request of a recording is shown with its command, or as a change of files")
    func recorded() throws {
        let requests = try CodexRecording("05-approvals-ws").frames.compactMap { frame -> CodexRequest? in
            guard !frame.isSent, let method = frame.json["method"]?.string, let id = frame.json["id"] else { return nil }
            return try request(method, frame.json["params"] ?? [:], id: id)
        }
        #expect(requests.count == 12)
        #expect(requests.allSatisfy { $0.pending.tool == "apply_patch" || $0.pending.input?["command"]?.string?.hasPrefix("/bin/bash -lc ") == true })
        #expect(requests.filter { $0.pending.tool == "apply_patch" }.count == 1)
        // One of them was shown to two clients.
        #expect(Set(requests.map(\.pending.id)).count == 11)
    }

    // MARK: What is answered

    /// Each kind of request with each response that fits it.
    private static let answers: [(method: String, parameters: JSON, response: InputResponse, result: JSON)] = [
        (command, [:], .allow, ["decision": "accept"]),
        (command, [:], .allowAlways, ["decision": "acceptForSession"]),
        (command, [:], .deny(message: nil), ["decision": "decline"]),
        (command, [:], .deny(message: "too dangerous"), ["decision": "decline"]),
        (fileChange, [:], .allow, ["decision": "accept"]),
        (fileChange, [:], .allowAlways, ["decision": "acceptForSession"]),
        (fileChange, [:], .deny(message: nil), ["decision": "decline"]),
        (permissions, ["permissions": ["network": ["enabled": true]]], .allow, ["permissions": ["network": ["enabled": true]]]),
        (permissions, ["permissions": ["network": ["enabled": true]]], .allowAlways, ["permissions": ["network": ["enabled": true]], "scope": "session"]),
        (permissions, ["permissions": ["network": ["enabled": true]]], .deny(message: nil), ["permissions": [:]]),
        (questions, twoQuestions, .answer(["A", "because"]), ["answers": ["q1": ["answers": ["A"]], "q2": ["answers": ["because"]]]]),
        (questions, twoQuestions, .deny(message: nil), ["answers": [:]]),
        (elicitation, ["serverName": "tickets"], .allow, ["action": "accept", "content": [:]]),
        (elicitation, ["serverName": "tickets"], .deny(message: nil), ["action": "decline"]),
    ]

    @Test("each response is told in the words of its request", arguments: answers.indices)
    func answer(_ index: Int) throws {
        let (method, parameters, response, result) = Self.answers[index]
        #expect(try request(method, parameters).result(of: response) == result)
    }

    // MARK: The schema

    @Test("each answer is one that Codex takes", .enabled(if: RealAgents.codex != nil), arguments: answers.indices)
    func answerFits(_ index: Int) async throws {
        let (method, _, _, result) = Self.answers[index]
        let schema = try await CodexSchema.installed()
        #expect(schema.problems(sending: result, as: try schema.result(of: method, .serverRequest)) == [], "\(method)")
    }

    private static let wrongAnswers: [(String, JSON)] = [
        (command, ["decision": "approved"]), (command, [:]), (fileChange, ["decision": "acceptForever"]),
        (permissions, ["permissions": [:], "scope": "world"]), (questions, ["answers": ["q1": "A"]]), (elicitation, ["action": "deny"]),
    ]

    @Test("an answer that Codex does not take is found out", .enabled(if: RealAgents.codex != nil), arguments: wrongAnswers)
    func wrongAnswer(_ method: String, _ result: JSON) async throws {
        let schema = try await CodexSchema.installed()
        #expect(schema.problems(sending: result, as: try schema.result(of: method, .serverRequest)) != [])
    }

    @Test("each request has the fields that are shown", .enabled(if: RealAgents.codex != nil), arguments: [
        (command, ["threadId", "itemId", "command?", "cwd?", "reason?"]),
        (fileChange, ["threadId", "itemId", "reason?", "grantRoot?"]),
        (permissions, ["threadId", "itemId", "permissions", "reason?"]),
        (questions, ["threadId", "itemId", "questions[].id", "questions[].question", "questions[].header?", "questions[].options?[].label", "questions[].options?[].description?"]),
        (elicitation, ["threadId", "serverName", "message?", "title?", "description?", "url?"]),
    ])
    func fields(_ method: String, _ paths: [String]) async throws {
        let schema = try await CodexSchema.installed()
        let parameters = try schema.parameters(of: method, .serverRequest)
        #expect(paths.compactMap { schema.problem(reading: $0, of: parameters) } == [])
    }

    @Test("every request that the server can make is known, or known to be refused", .enabled(if: RealAgents.codex != nil))
    func all() async throws {
        #expect(try await CodexSchema.installed().methods(.serverRequest) == [
            Self.command, Self.fileChange, Self.permissions, Self.questions, Self.elicitation,
            "item/tool/call", "account/chatgptAuthTokens/refresh", "attestation/generate", "currentTime/read", "applyPatchApproval", "execCommandApproval",
        ])
    }
}
