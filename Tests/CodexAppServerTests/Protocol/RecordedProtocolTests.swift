import JSON
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("The protocol's types against recordings of Codex", .timeLimit(.minutes(2)))
struct RecordedProtocolTests {
    private static let understood: Set<String> = [
        "turn/started", "turn/completed", "item/started", "item/completed", "thread/status/changed", "serverRequest/resolved",
        "thread/goal/updated", "thread/goal/cleared", "error", "thread/archived", "thread/deleted", "thread/closed",
    ]

    @Test("every notification is understood, or passed over by its name", arguments: CodexRecording.names)
    func notifications(_ name: String) throws {
        for frame in try CodexRecording(name).frames where !frame.isSent {
            guard case .notification(let method, let parameters) = RPCMessage(frame.json) else { continue }
            let notification = try ThreadNotification(method: method, parameters: parameters)
            #expect((notification == .other(method: method)) == !Self.understood.contains(method))
        }
    }

    @Test("every message is a request of the server's, a notification or an answer to a request that was sent", arguments: CodexRecording.names)
    func messages(_ name: String) throws {
        let recording = try CodexRecording(name)
        var open: Set<String> = []
        var withoutRequest = 0
        for frame in recording.frames {
            let key = "\(frame.connection) \(frame.json["id"]?.compact ?? "")"
            if frame.isSent {
                open.insert(key)
                continue
            }
            switch RPCMessage(frame.json) {
            case .response, .failure:
                if open.remove(key) == nil { withoutRequest += 1 }
            case .request(_, let method, let parameters):
                let request = ServerRequest(id: frame.json["id"] ?? .null, method: method, parameters: parameters)
                #expect(request.thread != nil)
            case .notification: break
            case .unknown(let json): Issue.record("\(json.compact.prefix(200))")
            }
        }
        #expect(withoutRequest == recording.missingRequests)
    }

    private static func parse<Call: AppServerCall>(_ call: Call.Type, _ json: JSON) throws { _ = try json.decode(Call.Result.self) }

    private static let calls: [any AppServerCall.Type] = [
        Initialize.self, ThreadStart.self, ThreadResume.self, ThreadRead.self, ThreadTurnsList.self, ThreadLoadedList.self,
        ThreadNameSet.self, ThreadArchive.self, TurnStart.self, TurnSteer.self, TurnInterrupt.self, GoalSet.self, GoalGet.self,
        GoalClear.self,
    ]

    @Test("every result is understood", arguments: CodexRecording.names)
    func results(_ name: String) throws {
        for call in try CodexRecording(name).calls {
            guard let type = Self.calls.first(where: { $0.method == call.method }), let result = call.answer["result"] else { continue }
            #expect(throws: Never.self, "\(call.method) in \(name)") { try Self.parse(type, result) }
        }
    }

    @Test("every kind of request is among the recordings")
    func coverage() throws {
        let recorded = Set(try CodexRecording.names.flatMap { try CodexRecording($0).calls.map(\.method) })
        #expect(Self.calls.map { $0.method }.filter { !recorded.contains($0) } == [])
    }

    // MARK: Details

    @Test("why a turn failed, in one word, whether Codex says it by a word or an object")
    func failureKinds() throws {
        let kinds = try CodexRecording("04-errors-ws").frames.compactMap { frame -> String? in
            guard !frame.isSent, case .notification("turn/completed", let parameters) = RPCMessage(frame.json),
                  case .turnCompleted(let turn) = try ThreadNotification(method: "turn/completed", parameters: parameters)
            else { return nil }
            return turn.error?.kind
        }
        #expect(Set(kinds) == [
            "other", "httpConnectionFailed", "responseTooManyFailedAttempts", "internalServerError", "contextWindowExceeded",
            "rateLimitExceeded", "usageLimitExceeded", "serverOverloaded",
        ])
    }

    @Test("a status of a later version is kept by its name, and flags may be missing")
    func statuses() throws {
        func status(_ json: JSON) throws -> CodexThreadStatus { try json.decode() }
        #expect(try status(["type": "sleeping", "since": 7]) == .other("sleeping"))
        #expect(try status(["type": "active"]) == .active(flags: []))
        #expect(try status(["type": "active", "activeFlags": ["waitingOnApproval"]]) == .active(flags: ["waitingOnApproval"]))
    }

    @Test("a notification of a known kind without what it should have is an error")
    func incomplete() {
        for method in ["turn/started", "turn/completed", "item/started", "item/completed", "thread/status/changed", "thread/goal/updated", "error"] {
            #expect(throws: JSONError.self) { try ThreadNotification(method: method, parameters: ["threadId": "t"]) }
        }
    }

    @Test("a user's message is its texts, joined by blank lines; what somebody else says is none")
    func userText() {
        let message: JSON = [
            "type": "userMessage", "id": "1", "clientId": "c",
            "content": [["type": "text", "text": "one"], ["type": "image", "url": "u"], ["type": "text", "text": "two"]],
        ]
        #expect(ThreadItem(message).userText == "one\n\ntwo")
        #expect(ThreadItem(message).agentText == nil)
        #expect(ThreadItem(message).clientID == "c")
        #expect(ThreadItem(["type": "agentMessage", "id": "2", "text": "three"]).agentText == "three")
        #expect(ThreadItem(["type": "agentMessage", "id": "2", "text": "three"]).userText == nil)
        #expect(ThreadItem(["type": "commandExecution", "id": "3", "text": "four"]).agentText == nil)
    }
}
