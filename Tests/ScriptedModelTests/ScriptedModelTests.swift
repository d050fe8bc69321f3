import Foundation
import JSON
import ScriptedModel
import TestSupport
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite("The scripted model", .timeLimit(.minutes(2)))
struct ScriptedModelTests {
    private func post(
        _ prompt: String, to model: ScriptedModel, isStream: Bool = false
    ) async throws -> (status: Int, text: String) {
        var request = URLRequest(url: try #require(URL(string: model.baseURL + "/v1/messages?beta=true")))
        request.httpMethod = "POST"
        request.setValue("session", forHTTPHeaderField: "x-claude-code-session-id")
        let body: JSON = [
            "model": "m", "stream": .bool(isStream), "messages": [["role": "user", "content": .string(prompt)]],
        ]
        request.httpBody = Data(body.bytes)
        let (data, response) = try await URLSession.shared.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self))
    }

    private func get(_ path: String, from model: ScriptedModel) async throws -> (status: Int, body: JSON) {
        let url = try #require(URL(string: model.baseURL + path))
        let (data, response) = try await URLSession.shared.data(from: url)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, try JSON(parsing: data))
    }

    /// The text that the deltas of a stream make together.
    private func streamedText(_ events: String) throws -> String {
        try events.split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .map { try JSON(parsing: String($0.dropFirst("data: ".count))) }
            .compactMap { $0["delta"]?["text"]?.string }.joined()
    }

    @Test("answers in one piece and as a stream")
    func answers() async throws {
        let model = try await ScriptedModel.start()
        let whole = try JSON(parsing: try await post("SAY hello\nthere", to: model).text)
        #expect(whole["content"]?[0]?["text"]?.string == "hello\nthere")
        #expect(whole["stop_reason"]?.string == "end_turn")
        let stream = try await post("SLOW 100ms one  two three", to: model, isStream: true).text
        #expect(try streamedText(stream) == "one  two three")
        #expect(stream.hasPrefix("event: message_start\n"))
        #expect(stream.hasSuffix("data: {\"type\":\"message_stop\"}\n\n"))
        await model.stop()
    }

    @Test("fails with a status, for ever or some times")
    func failures() async throws {
        let model = try await ScriptedModel.start()
        for _ in 0..<3 { #expect(try await post("ERROR 500", to: model).status == 500) }
        #expect(try await post("ERROR 529 2", to: model).status == 529)
        let second = try await post("ERROR 529 2", to: model)
        #expect(try JSON(parsing: second.text)["error"]?["type"]?.string == "overloaded_error")
        #expect(try await post("ERROR 529 2", to: model).status == 200)
        await model.stop()
    }

    @Test("fails by an event in the stream, or with the same error in one piece")
    func errorEvent() async throws {
        let model = try await ScriptedModel.start()
        let stream = try await post("FAIL overloaded_error busy now", to: model, isStream: true)
        let error = #"{"type":"error","error":{"type":"overloaded_error","message":"busy now"}}"#
        #expect(stream.status == 200)
        #expect(stream.text.hasSuffix("event: error\ndata: \(error)\n\n"))
        let whole = try await post("FAIL overloaded_error busy now", to: model)
        #expect(whole.status == 500)
        #expect(whole.text == error)
        await model.stop()
    }

    @Test("cuts the connection in the middle of a stream")
    func drop() async throws {
        let model = try await ScriptedModel.start()
        await #expect(throws: URLError.self) { try await post("DROP", to: model, isStream: true) }
        #expect(try await post("DROP", to: model).status == 200)
        await model.stop()
    }

    @Test("answers routes that it does not know with JSON")
    func unknownRoute() async throws {
        let model = try await ScriptedModel.start()
        let (status, body) = try await get("/v1/nothing", from: model)
        #expect(status == 404)
        #expect(body["error"]?["type"]?.string == "not_found_error")
        await model.stop()
    }

    @Test("keeps what it was sent, byte for byte, and shows it to other processes")
    func record() async throws {
        let model = try await ScriptedModel.start()
        let prompt = "SAY \u{1F469}\u{200D}\u{1F680} e\u{301} \\ \" \u{2028} \t end"
        _ = try await post(prompt, to: model)
        let request = try #require(await model.requests().first)
        #expect(request.target == "/v1/messages?beta=true")
        #expect(request.session == "session")
        #expect(try JSON(parsing: request.body)["messages"]?[0]?["content"]?.string == prompt)
        #expect(await model.receivedPrompts(session: "session").map { Array($0.utf8) } == [Array(prompt.utf8)])
        let shown = try await get("/_requests?bodies=true", from: model).body
        #expect(shown.array?.count == 1)
        #expect(shown[0]?["body"]?.string == String(decoding: request.body, as: UTF8.self))
        #expect(try await get("/_prompts?session=session", from: model).body == [.string(prompt)])
        await model.stop()
    }

    @Test("a request is awaited, whether it has come or not, and not for ever")
    func waiting() async throws {
        let model = try await ScriptedModel.start()
        let waiting = Task { try await model.waitForRequest { $0.prompt == "SAY later" } }
        _ = try await post("SAY later", to: model)
        #expect(try await waiting.value.prompt == "SAY later")
        #expect(try await model.waitForRequest { $0.prompt == "SAY later" }.index == 0)
        await #expect(throws: ScriptedModelError.self) {
            try await model.waitForRequest(deadline: .milliseconds(50)) { _ in false }
        }
        let unanswered = Task { try await model.waitForRequest { _ in false } }
        await model.stop()
        await #expect(throws: ScriptedModelError.self) { try await unanswered.value }
    }

    @Test("tells other programs where it listens")
    func program() async throws {
        let result = try await Command(Package.executable("scripted-model"), environment: [:]).run()
        let addresses = try JSON(parsing: result.output)
        let port = try #require(addresses["port"]?.int)
        #expect(addresses["url"]?.string == "http://127.0.0.1:\(port)")
        #expect(addresses["openai"]?.string == "http://127.0.0.1:\(port)/v1")
    }

    @Test("says so when its port is taken")
    func portTaken() async throws {
        let model = try await ScriptedModel.start()
        await #expect(throws: ScriptedModelError.self) { try await ScriptedModel.start(port: model.port) }
        await model.stop()
    }

    @Test("a hanging answer does not keep it from stopping")
    func stopWhileHanging() async throws {
        let model = try await ScriptedModel.start()
        let hanging = Task { try await post("HANG", to: model) }
        _ = try await model.waitForRequest { $0.prompt == "HANG" }
        await model.stop()
        await #expect(throws: (any Error).self) { try await hanging.value }
    }
}
