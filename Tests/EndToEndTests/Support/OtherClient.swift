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

    /// Starts a turn.
    func send(_ text: String) async throws {
        _ = try await server.callIfConnected(TurnStart(threadId: thread, text: text, clientUserMessageId: "other-\(text)"))
    }

    func close() async throws {
        await server.close()
        await loop.shutdown()
    }
}
