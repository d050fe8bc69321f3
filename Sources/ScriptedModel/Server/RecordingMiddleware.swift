import Hummingbird
import JSON

/// Keeps every request before it is answered, and answers unknown routes with JSON, as the real services do.
struct RecordingMiddleware: RouterMiddleware {
    let record: RequestRecord

    @concurrent func handle(
        _ request: Request, context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: .max)
        let target = request.head.path ?? "/"
        if !target.hasPrefix(RecordRoutes.prefix) {
            await record.add(
                method: request.method.rawValue, target: target,
                headers: request.headers.map { ($0.name.canonicalName, $0.value) },
                body: Array(body.readableBytesView))
        }
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            let message = "\(request.method.rawValue) \(target): \(error.body ?? error.status.reasonPhrase)"
            return Response.json(
                ["type": "error", "error": ["type": "not_found_error", "message": .string(message)]],
                status: error.status)
        }
    }
}
