import Directives
import Hummingbird
import JSON

/// The Anthropic Messages API, as far as Claude Code 2.1.329 uses it.
struct AnthropicMessages {
    private let failures = FailureCount()

    func add(to router: Router<BasicRequestContext>) {
        router.head("api/hello") { _, _ in Response(status: .ok) }
        router.get("api/hello") { _, _ in Response.json(["message": "hello"]) }
        router.post("v1/messages/count_tokens") { request, _ in
            let bytes = try await request.body.collect(upTo: .max)
            return Response.json(["input_tokens": .number(.init(Self.tokens(bytes.readableBytes)))])
        }
        router.post("v1/messages") { [failures] request, _ in
            let bytes = try await request.body.collect(upTo: .max)
            return await Self.answer(Array(bytes.readableBytesView), failures: failures)
        }
    }

    private static func answer(_ body: [UInt8], failures: FailureCount) async -> Response {
        guard let request = try? JSON(parsing: body), let conversation = Conversation(anthropic: request) else {
            return failure(status: 400, "the body is no Messages request")
        }
        let message = MessageIdentity(model: request["model"]?.string ?? "scripted", inputTokens: tokens(body.count))
        let isStream = request["stream"]?.bool ?? false
        switch await reply(to: conversation, failures: failures) {
        case .failure(let status):
            return failure(status: status, "scripted error \(status)")
        case .message(let content):
            return isStream ? MessageStream(message, content).response : message.response(content)
        case .cutOff(let text):
            // Claude Code asks again without streaming after a cut: that answer comes through.
            return isStream
                ? MessageStream(message, .init([.text(text)]), isCutOff: true).response
                : message.response(.init([.text("answered after the cut")]))
        }
    }

    private static func reply(to conversation: Conversation, failures: FailureCount) async -> Reply {
        guard let (item, toolResults) = conversation.newest else { return .text("ok") }
        switch item {
        case .prompt(let text):
            let directive = Directive(text)
            guard case .error = directive else { return directive.reply(toolResults: toolResults) }
            let reply = directive.reply(toolResults: toolResults, failures: await failures.of(conversation))
            if case .failure = reply { await failures.add(conversation) }
            return reply
        case .remark(let remark): return remark.reply
        case .toolResults, .answer: return .text("ok")
        }
    }

    private static func failure(status: Int, _ message: String) -> Response {
        let kind =
            switch status {
            case 400: "invalid_request_error"
            case 401: "authentication_error"
            case 403: "permission_error"
            case 404: "not_found_error"
            case 413: "request_too_large"
            case 429: "rate_limit_error"
            case 529: "overloaded_error"
            default: "api_error"
            }
        return Response.json(
            ["type": "error", "error": ["type": .string(kind), "message": .string(message)]],
            status: .init(code: status))
    }

    /// What a text of so many bytes counts for; only its order of size matters.
    private static func tokens(_ bytes: Int) -> Int { bytes / 4 }
}
