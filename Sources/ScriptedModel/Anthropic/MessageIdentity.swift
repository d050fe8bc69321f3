import Directives
import Hummingbird
import JSON

/// The fields of an answer that are not its content.
struct MessageIdentity: Sendable {
    let id = "msg_" + .randomHexadecimal()
    let model: String
    let inputTokens: Int

    init(model: String, inputTokens: Int) {
        self.model = model
        self.inputTokens = inputTokens
    }

    /// A message that has no content yet.
    var opening: JSON {
        [
            "id": .string(id), "type": "message", "role": "assistant", "model": .string(model), "content": [],
            "stop_reason": nil, "stop_sequence": nil, "usage": usage(of: []),
        ]
    }

    func usage(of content: [Reply.Block]) -> JSON {
        let output = content.reduce(0) { sum, block in
            switch block {
            case .text(let text), .thinking(let text): sum + text.utf8.count / 4 + 1
            case .toolUse(_, let input): sum + input.bytes.count / 4 + 1
            }
        }
        return [
            "input_tokens": .number(.init(inputTokens)), "output_tokens": .number(.init(output)),
            "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
        ]
    }

    /// The whole message in one body, after the silence and the time that streaming it would have taken.
    func response(_ message: Reply.Message) -> Response {
        var body = opening
        body["content"] = .array(message.content.map(Self.block))
        body["stop_reason"] = .string(message.stop.rawValue)
        body["usage"] = usage(of: message.content)
        let bytes = body.bytes
        return Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: .init(contentLength: bytes.count) { writer in
                try await message.silence.wait()
                try await Optional(message.pace).wait()
                try await writer.write(ByteBuffer(bytes: bytes))
                try await writer.finish(nil)
            })
    }

    static func block(_ block: Reply.Block) -> JSON {
        switch block {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .thinking(let text): ["type": "thinking", "thinking": .string(text), "signature": "scripted"]
        case .toolUse(let name, let input):
            ["type": "tool_use", "id": .string(callIdentifier()), "name": .string(name), "input": input]
        }
    }

    static func callIdentifier() -> String { "toolu_" + .randomHexadecimal() }
}
