import Foundation
import JSON
import ScriptedModel
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite("The scripted model's Responses API", .timeLimit(.minutes(2)))
struct ResponsesTests {
    private func post(
        _ prompt: String, to model: ScriptedModel, isStream: Bool = true, session: String = "thread"
    ) async throws -> (status: Int, body: String) {
        var request = URLRequest(url: try #require(URL(string: model.openAIBaseURL + "/responses")))
        request.httpMethod = "POST"
        request.setValue(session, forHTTPHeaderField: "thread-id")
        let message: JSON = [
            "type": "message", "id": "msg_1", "role": "user",
            "content": [["type": "input_text", "text": .string(prompt)]],
        ]
        let body: JSON = ["model": "m", "stream": .bool(isStream), "input": [message]]
        request.httpBody = Data(body.bytes)
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    /// The events of an answer: each is named as its `type` says, and they are numbered.
    private func events(_ prompt: String, from model: ScriptedModel) async throws -> [JSON] {
        let (status, body) = try await post(prompt, to: model)
        #expect(status == 200)
        let events = try body.split(separator: "\n\n").map { event in
            let lines = event.split(separator: "\n")
            try #require(lines.count == 2)
            let data = try JSON(parsing: String(lines[1].dropFirst("data: ".count)))
            #expect(lines[0] == "event: \(data["type"]?.string ?? "")")
            return data
        }
        #expect(events.map { $0["sequence_number"]?.int } == Array(0..<events.count))
        return events
    }

    private func types(_ events: [JSON]) -> [String] { events.compactMap { $0["type"]?.string } }

    private static let opening = ["response.created", "response.in_progress"]

    @Test("a message comes as items, parts and deltas, and whole at the end")
    func message() async throws {
        let model = try await ScriptedModel.start()
        let events = try await events("SLOW 50ms one  two", from: model)
        #expect(
            types(events) == Self.opening + [
                "response.output_item.added", "response.content_part.added", "response.output_text.delta",
                "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done", "response.completed",
            ])
        #expect(events.compactMap { $0["delta"]?.string } == ["one ", " ", "two"])
        let item = try #require(events[9]["item"])
        #expect(item["content"] == [["type": "output_text", "text": "one  two", "annotations": []]])
        #expect(events[2]["item"]?["id"] == item["id"])
        let response = try #require(events.last?["response"])
        #expect(response["id"] == events[0]["response"]?["id"])
        #expect(response["status"] == "completed")
        #expect(response["output"] == [item])
        #expect(try #require(response["usage"]?["total_tokens"]?.int) > 0)
        await model.stop()
    }

    @Test("a thought comes before the message")
    func reasoning() async throws {
        let model = try await ScriptedModel.start()
        let events = try await events("THINK hard", from: model)
        #expect(
            Array(types(events).prefix(8)) == Self.opening + [
                "response.output_item.added", "response.reasoning_summary_part.added",
                "response.reasoning_summary_text.delta", "response.reasoning_summary_text.done",
                "response.reasoning_summary_part.done", "response.output_item.done",
            ])
        let output = events.last?["response"]?["output"]
        #expect(output?[0]?["summary"] == [["type": "summary_text", "text": "Thinking about: hard"]])
        #expect(output?[1]?["content"]?[0]?["text"] == "hard")
        await model.stop()
    }

    @Test("a call carries its arguments as text, and each call its own identifier")
    func calls() async throws {
        let model = try await ScriptedModel.start()
        let events = try await events("MULTI", from: model)
        #expect(
            Array(types(events).dropFirst(2).prefix(4)) == [
                "response.output_item.added", "response.function_call_arguments.delta",
                "response.function_call_arguments.done", "response.output_item.done",
            ])
        let calls = try #require(events.last?["response"]?["output"]?.array)
        #expect(calls.map { $0["name"] } == ["exec_command", "exec_command"])
        #expect(Set(calls.map { $0["call_id"] }).count == 2)
        #expect(try JSON(parsing: calls[1]["arguments"]?.string ?? "")["cmd"] == "echo two")
        await model.stop()
    }

    @Test("an answer is long without long pieces")
    func length() async throws {
        let model = try await ScriptedModel.start()
        let deltas = try await events("LEN 10000", from: model).compactMap { $0["delta"]?.string }
        #expect(deltas.map(\.count) == [4096, 4096, 1808])
        await model.stop()
    }

    @Test("an answer is empty, refused, or cut short by the token limit")
    func endings() async throws {
        let model = try await ScriptedModel.start()
        #expect(types(try await events("EMPTY", from: model)) == Self.opening + ["response.completed"])
        let refused = try await events("REFUSE", from: model)
        #expect(refused.last?["response"]?["output"]?[0]?["content"]?[0]?["type"] == "refusal")
        let cut = try await events("MAXTOK", from: model)
        #expect(cut.last?["type"] == "response.incomplete")
        #expect(cut.last?["response"]?["incomplete_details"] == ["reason": "max_output_tokens"])
        await model.stop()
    }

    @Test("an error is a status, an event, or a cut connection")
    func failures() async throws {
        let model = try await ScriptedModel.start()
        let (status, body) = try await post("ERROR 429", to: model)
        #expect(status == 429)
        #expect(try JSON(parsing: body)["error"]?["type"] == "rate_limit_error")
        let failed = try await events("FAIL insufficient_quota no money", from: model)
        #expect(types(failed) == Self.opening + ["response.failed"])
        #expect(failed.last?["response"]?["status"] == "failed")
        #expect(failed.last?["response"]?["error"] == ["code": "insufficient_quota", "message": "no money"])
        await #expect(throws: URLError.self) { try await post("DROP", to: model) }
        #expect(try await post("SAY hello", to: model, isStream: false).status == 400)
        await model.stop()
    }

    @Test("an error that ends after some times is counted for each session by itself")
    func failuresOfSessions() async throws {
        let model = try await ScriptedModel.start()
        for session in ["a", "b"] {
            #expect(try await post("ERROR 500 1", to: model, session: session).status == 500)
            #expect(try await post("ERROR 500 1", to: model, session: session).status == 200)
        }
        await model.stop()
    }

    @Test("requests are recorded with their thread and their prompt")
    func record() async throws {
        let model = try await ScriptedModel.start()
        _ = try await post("SAY \t\r\n end ", to: model)
        let request = try #require(await model.requests().first)
        #expect(request.target == "/v1/responses")
        #expect(request.session == "thread")
        #expect(request.prompt == "SAY \t\r\n end ")
        #expect(await model.receivedPrompts(session: "thread") == ["SAY \t\r\n end "])
        await model.stop()
    }
}
