import Directives
import Hummingbird
import JSON

/// The OpenAI Responses API, as far as Codex 0.163.0 uses it: always as a stream of server-sent events.
struct OpenAIResponses {
    let script: Script

    func add(to router: Router<BasicRequestContext>) {
        router.post("v1/responses") { [script] request, _ in
            let bytes = try await request.body.collect(upTo: .max)
            return await Self.answer(Array(bytes.readableBytesView), session: request.session, script: script)
        }
    }

    private static func answer(_ body: [UInt8], session: String?, script: Script) async -> Response {
        guard let request = try? JSON(parsing: body), let conversation = Conversation(openAI: request),
            request["stream"]?.bool == true
        else { return failure(status: 400, "the body is no Responses request that asks for a stream") }
        let reply = await script.reply(to: conversation, session: session)
        if case .failure(let status) = reply { return failure(status: status, "scripted error \(status)") }
        return ResponseStream(reply, model: request["model"]?.string ?? "scripted", inputBytes: body.count).response
    }

    private static func failure(status: Int, _ message: String) -> Response {
        let kind =
            switch status {
            case 400..<500 where status != 429: "invalid_request_error"
            case 429: "rate_limit_error"
            default: "server_error"
            }
        return Response.json(
            ["error": ["message": .string(message), "type": .string(kind), "param": nil, "code": nil]],
            status: .init(code: status))
    }
}
