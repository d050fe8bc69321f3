import Directives
import Hummingbird
import JSON

/// The Anthropic Messages API, as far as Claude Code 2.1.329 uses it.
struct AnthropicMessages {
    let script: Script

    func add(to router: Router<BasicRequestContext>) {
        router.head("api/hello") { _, _ in Response(status: .ok) }
        router.get("api/hello") { _, _ in Response.json(["message": "hello"]) }
        router.post("v1/messages/count_tokens") { request, _ in
            let bytes = try await request.body.collect(upTo: .max)
            return Response.json(["input_tokens": .number(.init(Self.tokens(bytes.readableBytes)))])
        }
        router.post("v1/messages") { [script] request, _ in
            let bytes = try await request.body.collect(upTo: .max)
            return await Self.answer(Array(bytes.readableBytesView), session: request.session, script: script)
        }
    }

    private static func answer(_ body: [UInt8], session: String?, script: Script) async -> Response {
        guard let request = try? JSON(parsing: body), let conversation = Conversation(anthropic: request) else {
            return failure(status: 400, "the body is no Messages request")
        }
        let message = MessageIdentity(model: request["model"]?.string ?? "scripted", inputTokens: tokens(body.count))
        let isStream = request["stream"]?.bool ?? false
        switch await script.reply(to: conversation, session: session) {
        case .failure(let status):
            return failure(status: status, "scripted error \(status)")
        case .error(let code, let text):
            let error = error(code, text)
            return isStream
                ? MessageStream(message, .init([]), ending: .error(error)).response
                : Response.json(error, status: .internalServerError)
        case .message(let content):
            return isStream ? MessageStream(message, content).response : message.response(content)
        case .cutOff(let text):
            // Claude Code asks again without streaming after a cut: that answer comes through.
            return isStream
                ? MessageStream(message, .init([.text(text)]), ending: .cutOff).response
                : message.response(.init([.text("answered after the cut")]))
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
        return Response.json(error(kind, message), status: .init(code: status))
    }

    private static func error(_ kind: String, _ message: String) -> JSON {
        ["type": "error", "error": ["type": .string(kind), "message": .string(message)]]
    }

    /// What a text of so many bytes counts for; only its order of size matters.
    private static func tokens(_ bytes: Int) -> Int { bytes / 4 }
}
