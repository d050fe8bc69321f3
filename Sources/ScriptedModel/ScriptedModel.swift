import Hummingbird
import Logging

/// A model server on 127.0.0.1 whose answers are decided by the text that the user sent (see `Directive`), for
/// real agents: it speaks the Anthropic Messages API well enough for Claude Code 2.1.329, streaming and not, and the
/// OpenAI Responses API well enough for Codex 0.163.0.
///
/// It keeps every request byte for byte, so that a test can compare what was sent to a session with what the
/// model received. `GET /_requests` shows the record to other processes.
public final class ScriptedModel: Sendable {
    /// The port that the server listens on.
    public let port: Int
    private let record: RequestRecord
    private let server: Task<Void, any Error>

    /// What Claude Code takes as `ANTHROPIC_BASE_URL`.
    public var baseURL: String { "http://127.0.0.1:\(port)" }

    /// What Codex takes as the `base_url` of a model provider.
    public var openAIBaseURL: String { baseURL + "/v1" }

    private init(port: Int, record: RequestRecord, server: Task<Void, any Error>) {
        self.port = port
        self.record = record
        self.server = server
    }

    /// Starts a server and returns when it accepts connections.
    /// - Parameter port: 0 takes any free port.
    /// - Throws: `ScriptedModelError` when the port cannot be bound.
    public static func start(port: Int = 0) async throws -> ScriptedModel {
        let record = RequestRecord()
        let router = Router()
        router.add(middleware: RecordingMiddleware(record: record))
        RecordRoutes(record: record).add(to: router)
        let script = Script()
        AnthropicMessages(script: script).add(to: router)
        OpenAIResponses(script: script).add(to: router)

        var logger = Logger(label: "scripted-model")
        logger.logLevel = .critical
        let (ports, bound) = AsyncStream<Int?>.makeStream()
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { channel in bound.yield(channel.localAddress?.port) },
            logger: logger)
        let server = Task {
            defer { bound.finish() }
            try await application.run()
        }
        guard let answer = await ports.first(where: { _ in true }), let port = answer else {
            let cause = await server.result
            throw ScriptedModelError(code: .cannotListen, message: "cannot listen on 127.0.0.1:\(port): \(cause)")
        }
        return ScriptedModel(port: port, record: record, server: server)
    }

    /// Cuts all connections and returns when the port is free.
    public func stop() async {
        server.cancel()
        _ = await server.result
        await record.close()
    }

    /// The requests so far that satisfy `condition`, in the order of their arrival.
    public func requests(
        where condition: @Sendable (RecordedRequest) -> Bool = { _ in true }
    ) async -> [RecordedRequest] {
        await record.all.filter(condition)
    }

    /// The first request, past or to come, that satisfies `condition`.
    /// - Throws: `ScriptedModelError` when none came within `deadline` or the server stopped.
    public func waitForRequest(
        deadline: Duration = .seconds(60), matching condition: @escaping @Sendable (RecordedRequest) -> Bool
    ) async throws -> RecordedRequest {
        try await record.wait(for: condition, deadline: deadline)
    }

    /// The messages of a session's user as the model received them, each once, in order, byte for byte; what the
    /// agent itself adds (reminders, command output, notifications, sub-agents' prompts) is left out.
    ///
    /// Claude Code 2.1.329 joins messages that waited in its queue into one, with a line break after each but the
    /// last: that line break is not part of the message and is removed.
    public func receivedPrompts(session: String) async -> [String] {
        ReceivedPrompts(await record.all, session: session).texts
    }
}
