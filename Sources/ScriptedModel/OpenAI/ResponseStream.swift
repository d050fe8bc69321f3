import Directives
import Hummingbird
import JSON

/// An answer as the server-sent events of the Responses API.
struct ResponseStream: Sendable {
    private let reply: Reply
    private let identifier = "resp_" + .randomHexadecimal()
    private let model: String
    private let inputBytes: Int

    init(_ reply: Reply, model: String, inputBytes: Int) {
        self.reply = reply
        self.model = model
        self.inputBytes = inputBytes
    }

    private struct CutOff: Error {}

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: .init { writer in
                var events = ResponseEvents(writer)
                try await write(to: &events)
                try await events.finish()
            })
    }

    @concurrent private func write(to events: inout ResponseEvents) async throws {
        switch reply {
        case .message(let message):
            try await message.silence.wait()
            try await open(&events)
            let items = message.items
            for item in items { try await item.write(to: &events, over: message.pace) }
            try await close(items, message.stop, &events)
        case .cutOff(let text):
            try await open(&events)
            for item in Reply.Message([.text(text)]).items { try await item.begin(in: &events) }
            // Hummingbird closes the connection, in the middle of its chunk, when a body fails.
            throw CutOff()
        case .error(let code, let message):
            try await open(&events)
            var failed = body("failed")
            failed["error"] = ["code": .string(code), "message": .string(message)]
            try await events.send("response.failed", ["response": failed])
        case .failure: preconditionFailure("a failure is an HTTP status, not a stream")
        }
    }

    @concurrent private func open(_ events: inout ResponseEvents) async throws {
        try await events.send("response.created", ["response": body("in_progress")])
        try await events.send("response.in_progress", ["response": body("in_progress")])
    }

    @concurrent private func close(
        _ items: [ResponseItem], _ stop: Reply.StopReason, _ events: inout ResponseEvents
    ) async throws {
        let status = stop == .maximumTokens ? "incomplete" : "completed"
        var body = body(status)
        if stop == .maximumTokens { body["incomplete_details"] = ["reason": "max_output_tokens"] }
        body["output"] = .array(items.map(\.json))
        body["usage"] = usage(of: items)
        try await events.send("response." + status, ["response": body])
    }

    private func body(_ status: String) -> JSON {
        [
            "id": .string(identifier), "object": "response", "status": .string(status), "model": .string(model),
            "error": nil, "incomplete_details": nil, "output": [], "usage": nil,
        ]
    }

    /// Four bytes make a token, but never so many that Codex compacts a conversation of its own accord.
    private func usage(of items: [ResponseItem]) -> JSON {
        let (input, output) = (min(50_000, inputBytes / 4), min(50_000, items.reduce(0) { $0 + $1.size / 4 + 1 }))
        return [
            "input_tokens": .number(.init(input)), "input_tokens_details": ["cached_tokens": 0],
            "output_tokens": .number(.init(output)), "output_tokens_details": ["reasoning_tokens": 0],
            "total_tokens": .number(.init(input + output)),
        ]
    }
}

extension Reply.Message {
    /// The blocks as items of the Responses API; a refusal is an item of its own there.
    fileprivate var items: [ResponseItem] {
        let answer = String.randomHexadecimal()
        let blocks = content.isEmpty && stop == .refusal ? [Reply.Block.text("I will not do that.")] : content
        return blocks.enumerated().map { position, block in
            ResponseItem(block, at: position, stop: stop, call: CallIdentifier(answer: answer, position: position))
        }
    }
}
