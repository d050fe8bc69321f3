import Directives
import Hummingbird
import JSON

/// A message as server-sent events.
struct MessageStream: Sendable {
    private let identity: MessageIdentity
    private let message: Reply.Message
    private let ending: Ending

    enum Ending {
        case complete
        /// The connection is cut.
        case cutOff
        case error(JSON)
    }

    init(_ identity: MessageIdentity, _ message: Reply.Message, ending: Ending = .complete) {
        self.identity = identity
        self.message = message
        self.ending = ending
    }

    private struct CutOff: Error {}

    var response: Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: .init { writer in try await write(to: &writer) })
    }

    @concurrent private func write(to writer: inout any ResponseBodyWriter) async throws {
        try await message.silence.wait()
        try await send("message_start", ["message": identity.opening], to: &writer)
        for (index, block) in message.content.enumerated() {
            try await send(block, at: .number(.init(index)), to: &writer)
        }
        switch ending {
        case .complete: break
        // Hummingbird closes the connection, in the middle of its chunk, when a body fails.
        case .cutOff: throw CutOff()
        case .error(let error):
            try await writer.write(.event("error", error))
            return try await writer.finish(nil)
        }
        try await send(
            "message_delta",
            [
                "delta": ["stop_reason": .string(message.stop.rawValue), "stop_sequence": nil],
                "usage": identity.usage(of: message.content),
            ], to: &writer)
        try await send("message_stop", [:], to: &writer)
        try await writer.finish(nil)
    }

    @concurrent private func send(_ block: Reply.Block, at index: JSON, to writer: inout any ResponseBodyWriter) async throws {
        var start = MessageIdentity.block(block)
        switch block {
        case .text: start["text"] = ""
        case .thinking: start["thinking"] = ""; start["signature"] = ""
        case .toolUse: start["input"] = [:]
        }
        try await send("content_block_start", ["index": index, "content_block": start], to: &writer)
        for delta in deltas(of: block) {
            try await send("content_block_delta", ["index": index, "delta": delta], to: &writer)
            if case .text(let text) = block, message.pace > .zero {
                try await Optional(message.pace / text.words.count).wait()
            }
        }
        if case .cutOff = ending { return }
        try await send("content_block_stop", ["index": index], to: &writer)
    }

    private func deltas(of block: Reply.Block) -> [JSON] {
        switch block {
        case .text(let text):
            let parts = message.pace > .zero ? text.words : [text]
            return parts.map { ["type": "text_delta", "text": .string($0)] }
        case .thinking(let text):
            return [
                ["type": "thinking_delta", "thinking": .string(text)],
                ["type": "signature_delta", "signature": "scripted"],
            ]
        case .toolUse(_, let input):
            return [["type": "input_json_delta", "partial_json": .string(input.compact)]]
        }
    }

    @concurrent private func send(_ name: String, _ fields: JSON.Object, to writer: inout any ResponseBodyWriter) async throws {
        var event: JSON.Object = ["type": .string(name)]
        for (key, value) in fields { event[key] = value }
        try await writer.write(.event(name, .object(event)))
    }
}
