import EventLoop
import Foundation
import JSON
import Logging
import TestSupport

@testable import CodexAppServer

/// A server of the user's, on Codex's own control socket, that answers as the test says.
final class UserServer {
    let app: AppServer
    private let server: LocalServer
    private let home: TemporaryHome
    /// What each request but `initialize` is answered with, by its method: none for one that is not here.
    var answers: [String: JSON] = [:]
    /// Sent together with the answer to the next `initialize`.
    var greeting: [JSON] = []
    /// Ends each connection with the answer to `initialize`.
    var hangsUp = false
    private(set) var received: [JSON] = []
    private var waiting: (count: Int, continuation: CheckedContinuation<Void, Never>)?

    private init(_ loop: EventLoop, _ actor: isolated SocketActor) throws {
        home = try TemporaryHome()
        try System.makeDirectory(home.path + "/app-server-control")
        var serve: () -> Void = {}
        server = try LocalServer(on: loop) { request in
            serve()
            return LocalServer.accept(request)
        }
        try FileManager.default.createSymbolicLink(
            atPath: home.path + "/app-server-control/app-server-control.sock", withDestinationPath: server.path)
        app = AppServer(
            loop: loop, home: CodexHome(path: home.path),
            program: AppServerProgram(
                executable: "/nowhere/codex", environment: [:], socket: home.path + "/ours.sock", log: home.path + "/log"),
            clientVersion: "7", logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
        serve = { [unowned self] in
            Task {
                _ = actor
                await self.serve(self.server.connections.last!)
            }
        }
    }

    static func run(_ body: @Sendable (isolated SocketActor, UserServer) async throws -> Void) async throws {
        try await SocketActor.run { loop, actor in
            let server = try UserServer(loop, actor)
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(actor, server))
            } catch {
                result = .failure(error)
            }
            await server.app.close()
            server.server.close()
            try result.get()
        }
    }

    private func serve(_ connection: LocalServer.Connection) async {
        var count = 0
        while true {
            await connection.wait { $0.texts.count > count || $0.hasEnded }
            guard connection.texts.count > count else { return }
            let message = (try? JSON(parsing: connection.texts[count])) ?? nil
            count += 1
            received.append(message)
            if message["method"] == "initialize" {
                let agent: JSON = ["userAgent": "codex-tui/0.163.0 (Debian 12.0.0; x86_64)", "codexHome": .string(home.path)]
                send([["id": message["id"] ?? nil, "result": agent]] + greeting)
                if hangsUp { connection.stream.close() }
            } else if let method = message["method"]?.string, let answer = answers[method] {
                send([["id": message["id"] ?? nil, "result": answer]])
            }
            if let (wanted, continuation) = waiting, received.count >= wanted {
                waiting = nil
                continuation.resume()
            }
        }
    }

    /// All that was received, once it is so much.
    func received(_ count: Int) async -> [JSON] {
        if received.count < count { await withCheckedContinuation { waiting = (count, $0) } }
        return received
    }

    /// Over the newest connection, in one piece.
    func send(_ messages: [JSON]) {
        server.connections.last?.stream.write(messages.flatMap { Frame(text: $0.compact).bytes })
    }

    func hangUp() {
        server.connections.last?.stream.close()
    }

    var connectionCount: Int { server.connections.count }
}
