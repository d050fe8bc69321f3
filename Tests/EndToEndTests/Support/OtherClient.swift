import CodexAppServer
import EventLoop
import JSON
import Logging
import TestSupport

/// Another program on the app-server that a session lives in, which works on the session's thread as well.
actor OtherClient {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    private let server: AppServer
    private let thread: String
    private var requests: [ServerRequest] = []
    private var resolved: [JSON] = []

    /// Connects, and subscribes to the thread.
    init(of id: String, in place: Workplace) async throws {
        loop = try EventLoop(name: "other-client")
        thread = try await place.thread(id)
        let status = try JSON(parsing: try await place.must("supervisor", "status", "--json"))
        let socket = status["agentServers"]?[0]?["socket"]?.string ?? ""
        server = AppServer(
            loop: loop, home: CodexHome(path: place.home.path + "/.codex"),
            program: AppServerProgram(executable: "", environment: [:], socket: socket, log: ""), clientVersion: "1",
            logger: Logger(label: "other-client"))
        try await follow()
    }

    private func follow() async throws {
        server.follow(thread) { [self] event in assumeIsolated { $0.take(event) } }
        try await server.connect(starting: false)
        _ = try await server.callIfConnected(ThreadResume(threadId: thread, config: nil))
    }

    private func take(_ event: AppServer.ThreadEvent) {
        switch event {
        case .request(let request): requests.append(request)
        case .notification(.requestResolved(let id)): resolved.append(id)
        default: break
        }
    }

    /// The next request of the thread's.
    func request() async throws -> ServerRequest {
        try await eventually("a request at the other client") { requests.isEmpty ? nil : requests.removeFirst() }
    }

    func answer(_ request: ServerRequest, _ result: JSON) {
        server.respond(to: request, with: result)
    }

    /// Returns when the server has told that somebody answered.
    func resolved(_ request: ServerRequest) async throws {
        try await eventually("the other client to be told") { resolved.contains(request.id) }
    }

    /// Starts a turn, as Codex's own terminal does.
    /// - Parameter mode: `plan`, in which Codex may ask questions, or `default`.
    func send(_ text: String, inMode mode: String = "default") async throws {
        _ = try await server.callIfConnected(TurnInMode(threadId: thread, input: [UserInput(text)], mode: mode))
    }

    private struct TurnInMode: AppServerCall {
        static let method = "turn/start"
        typealias Result = TurnStart.Result

        struct Mode: Encodable {
            struct Settings: Encodable {
                let model = "mock-model"

                private enum CodingKeys: String, CodingKey { case model }
            }

            let mode: String
            let settings = Settings()

            private enum CodingKeys: String, CodingKey { case mode, settings }
        }

        let threadId: String
        let input: [UserInput]
        let collaborationMode: Mode

        init(threadId: String, input: [UserInput], mode: String) {
            self.threadId = threadId
            self.input = input
            collaborationMode = Mode(mode: mode)
        }
    }

    func close() async throws {
        await server.close()
        await loop.shutdown()
    }
}
