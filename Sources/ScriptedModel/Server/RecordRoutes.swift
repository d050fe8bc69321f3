import Hummingbird
import JSON

/// The record for other processes, such as shell tests and benchmarks:
/// - `GET /_requests` lists the requests; `?session=<id>` those of one session, `?bodies=true` with their bodies;
/// - `GET /_prompts?session=<id>` lists a session's messages as the model received them.
struct RecordRoutes {
    static let prefix = "/_"
    let record: RequestRecord

    func add(to router: Router<BasicRequestContext>) {
        router.get("_requests") { request, _ in
            let session = request.uri.queryParameters["session"].map(String.init)
            let hasBodies = request.uri.queryParameters["bodies"] == "true"
            let requests = await record.all.filter { session == nil || $0.session == session }
            return Response.json(.array(requests.map { Self.description(of: $0, withBody: hasBodies) }))
        }
        router.get("_prompts") { request, _ in
            let session = request.uri.queryParameters["session"].map(String.init) ?? ""
            let prompts = ReceivedPrompts(await record.all, session: session)
            return Response.json(.array(prompts.texts.map { .string($0) }))
        }
    }

    private static func description(of request: RecordedRequest, withBody hasBody: Bool) -> JSON {
        var headers = JSON.Object()
        for (name, value) in request.headers { headers[name] = .string(value) }
        var description: JSON.Object = [
            "index": .number(.init(request.index)), "method": .string(request.method),
            "target": .string(request.target), "headers": .object(headers),
            "session": request.session.map { .string($0) } ?? .null,
            "prompt": request.prompt.map { .string($0) } ?? .null,
        ]
        if hasBody { description["body"] = .string(String(decoding: request.body, as: UTF8.self)) }
        return .object(description)
    }
}
