import Control
import EventLoop
import JSON
import Sessions
import Testing

struct ControlClientTests {
    @Test("greeting and call arrive in one piece")
    func oneWrite() async throws {
        try await Stage.with(script: { _ in [.result(["blocks": ["hello"], "pending": []])] }) { stage in
            let result = try await stage.client { try $0.call(LastMessageCall(session: "a", count: 1, turn: nil)) }
            #expect(result.blocks == ["hello"])
            #expect(await stage.supervisor.readsOfFirstCall == 1)
        }
    }

    @Test("the supervisor's error is the client's, with its exit code")
    func failure() async throws {
        let error = ControlError(.sessionNotFound, "Session not found: a", exitCode: 7)
        try await Stage.with(script: { _ in [.failure(error)] }) { stage in
            await #expect(throws: error) { try await stage.client { try $0.call(StatusCall(session: "a")) } }
        }
    }

    @Test("nobody at the socket is told apart from other errors")
    func nobody() async throws {
        try await Stage.with(isListening: false) { stage in
            let error = await #expect(throws: ControlError.self) {
                try await stage.client { try $0.call(StatusCall(session: "a")) }
            }
            #expect(error?.code == .disconnected)
        }
    }

    @Test("a supervisor that leaves in the middle of a call ends it")
    func connectionLost() async throws {
        try await Stage.with(script: { _ in [.leave] }) { stage in
            let error = await #expect(throws: ControlError.self) {
                try await stage.client { try $0.call(StatusCall(session: "a")) }
            }
            #expect(error?.code == .disconnected)
        }
    }

    @Test("a supervisor of another version refuses every call but the one that ends it")
    func otherVersion() async throws {
        let refusal = ControlError(.incompatible, "The running supervisor is version 0.4.9, this command is 0.5.0.")
        let script: ScriptedSupervisor.Script = { call in
            call.method == SupervisorStopCall.method
                ? [.result([:])] : [.failure(ControlError(.invalidRequest, "the first call must be `hello`"))]
        }
        try await Stage.with(greeting: .failure(refusal), script: script) { stage in
            await #expect(throws: refusal) { try await stage.client { try $0.call(StatusCall(session: "a")) } }
            _ = try await stage.client { try $0.call(SupervisorStopCall()) }
        }
    }

    @Test("notifications come in order, before and after the reply")
    func notifications() async throws {
        let script: ScriptedSupervisor.Script = { _ in
            [.notification("log", 1), .result(["messages": []]), .notification("log", 2), .notification("log", 3), .leave]
        }
        try await Stage.with(script: script) { stage in
            let seen = try await stage.client { client in
                var seen: [JSON] = []
                _ = try client.call(LogsCall(session: "a", follow: true), attention: .init(notified: { seen.append($1) }))
                seen.append("reply")
                try client.listen {
                    seen.append($1)
                    return true
                }
                return seen
            }
            #expect(seen == [1, "reply", 2, 3])
        }
    }

    @Test("an answer of 10 MB comes whole")
    func longReply() async throws {
        let text = String(repeating: "0123456789abcdé", count: 640 * 1024)
        try await Stage.with(script: { _ in [.result(["blocks": [.string(text)], "pending": []])] }) { stage in
            let result = try await stage.client { try $0.call(LastMessageCall(session: "a", count: 1, turn: nil)) }
            #expect(result.blocks == [text])
        }
    }

    @Test("a message of 10 MB goes whole")
    func longCall() async throws {
        let text = String(repeating: "0123456789abcdé", count: 640 * 1024)
        let result = JSON.wire(SendCall.Result(turn: 1, state: .running, normalizations: []))
        try await Stage.with(script: { _ in [.result(result)] }) { stage in
            _ = try await stage.client {
                try $0.call(SendCall(session: "a", text: text, literal: false, queue: false, caller: nil))
            }
            #expect(await stage.supervisor.calls.first?.parameters["text"] == .string(text))
        }
    }

    @Test("a caller is called while it waits, and can end its wait")
    func attention() async throws {
        try await Stage.with(script: { _ in [] }) { stage in
            let enough = ControlError(.failed, "enough")
            await #expect(throws: enough) {
                try await stage.client { client in
                    var ticks = 0
                    _ = try client.call(
                        StatusCall(session: "a"),
                        attention: .init(every: .milliseconds(5), tick: { () throws(ControlError) in
                            ticks += 1
                            if ticks == 4 { throw enough }
                        }))
                }
            }
        }
    }
}
