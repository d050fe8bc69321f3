import Directives
import JSON

/// One item of an answer's `output`: a message, a thought or a call.
struct ResponseItem: Sendable {
    private let kind: Kind
    private let position: Int
    private let identifier: String

    private enum Kind: Sendable {
        case message(String)
        case refusal(String)
        case reasoning(String)
        case call(CodexCall, CallIdentifier)
    }

    /// - Parameter call: identifies the block if it is a call of a tool.
    init(_ block: Reply.Block, at position: Int, stop: Reply.StopReason, call: CallIdentifier) {
        let random = String.randomHexadecimal()
        self.position = position
        switch block {
        case .text(let text):
            kind = stop == .refusal ? .refusal(text) : .message(text)
            identifier = "msg_" + random
        case .thinking(let text):
            kind = .reasoning(text)
            identifier = "rs_" + random
        case .toolUse(let name, let input):
            kind = .call(CodexCall(name, input), call)
            identifier = "fc_" + random
        }
    }

    /// The bytes that the model wrote.
    var size: Int {
        switch kind {
        case .message(let text), .refusal(let text), .reasoning(let text): text.utf8.count
        case .call(let call, _): call.arguments.utf8.count
        }
    }

    /// The whole item.
    var json: JSON {
        switch kind {
        case .message, .refusal: message(content: [content], status: "completed")
        case .reasoning(let text): reasoning(summary: [Self.summary(text)])
        case .call(let call, let identifier): self.call(call, identifier, arguments: call.arguments, status: "completed")
        }
    }

    private var opening: JSON {
        switch kind {
        case .message, .refusal: message(content: [], status: "in_progress")
        case .reasoning: reasoning(summary: [])
        case .call(let call, let identifier): self.call(call, identifier, arguments: "", status: "in_progress")
        }
    }

    // MARK: Events

    /// The events of the item.
    /// - Parameter time: over which the words of a message come.
    @concurrent func write(to events: inout ResponseEvents, over time: Duration) async throws {
        try await begin(in: &events, over: time)
        switch kind {
        case .message(let text):
            try await send("response.output_text.done", ["content_index": 0, "text": .string(text)], &events)
            try await send("response.content_part.done", ["content_index": 0, "part": content], &events)
        case .refusal(let text):
            try await send("response.refusal.done", ["content_index": 0, "refusal": .string(text)], &events)
            try await send("response.content_part.done", ["content_index": 0, "part": content], &events)
        case .reasoning(let text):
            try await send("response.reasoning_summary_text.done", ["summary_index": 0, "text": .string(text)], &events)
            try await send("response.reasoning_summary_part.done", ["summary_index": 0, "part": Self.summary(text)], &events)
        case .call(let call, _):
            try await send("response.function_call_arguments.done", ["arguments": .string(call.arguments)], &events)
        }
        try await events.send("response.output_item.done", ["output_index": .number(.init(position)), "item": json])
    }

    /// The events up to the last delta.
    @concurrent func begin(in events: inout ResponseEvents, over time: Duration = .zero) async throws {
        try await events.send("response.output_item.added", ["output_index": .number(.init(position)), "item": opening])
        switch kind {
        case .message(let text):
            let part: JSON = ["type": "output_text", "text": "", "annotations": []]
            try await send("response.content_part.added", ["content_index": 0, "part": part], &events)
            let deltas = time > .zero ? text.words : text.pieces
            for delta in deltas {
                try await send("response.output_text.delta", ["content_index": 0, "delta": .string(delta)], &events)
                if time > .zero { try await Optional(time / deltas.count).wait() }
            }
        case .refusal(let text):
            let part: JSON = ["type": "refusal", "refusal": ""]
            try await send("response.content_part.added", ["content_index": 0, "part": part], &events)
            try await send("response.refusal.delta", ["content_index": 0, "delta": .string(text)], &events)
        case .reasoning(let text):
            try await send("response.reasoning_summary_part.added", ["summary_index": 0, "part": Self.summary("")], &events)
            try await send("response.reasoning_summary_text.delta", ["summary_index": 0, "delta": .string(text)], &events)
        case .call(let call, _):
            try await send("response.function_call_arguments.delta", ["delta": .string(call.arguments)], &events)
        }
    }

    @concurrent private func send(_ name: String, _ fields: JSON.Object, _ events: inout ResponseEvents) async throws {
        var event: JSON.Object = ["item_id": .string(identifier), "output_index": .number(.init(position))]
        for (key, value) in fields { event[key] = value }
        try await events.send(name, event)
    }

    // MARK: Shapes

    private var content: JSON {
        switch kind {
        case .message(let text): ["type": "output_text", "text": .string(text), "annotations": []]
        case .refusal(let text): ["type": "refusal", "refusal": .string(text)]
        case .reasoning, .call: nil
        }
    }

    private func message(content: JSON, status: String) -> JSON {
        [
            "type": "message", "id": .string(identifier), "status": .string(status), "role": "assistant",
            "content": content,
        ]
    }

    private func reasoning(summary: JSON) -> JSON {
        ["type": "reasoning", "id": .string(identifier), "summary": summary, "encrypted_content": "scripted"]
    }

    private static func summary(_ text: String) -> JSON { ["type": "summary_text", "text": .string(text)] }

    private func call(_ call: CodexCall, _ callIdentifier: CallIdentifier, arguments: String, status: String) -> JSON {
        var item: JSON = [
            "type": "function_call", "id": .string(identifier), "status": .string(status),
            "call_id": .string(callIdentifier.text), "name": .string(call.name), "arguments": .string(arguments),
        ]
        if let namespace = call.namespace { item["namespace"] = .string(namespace) }
        return item
    }
}
