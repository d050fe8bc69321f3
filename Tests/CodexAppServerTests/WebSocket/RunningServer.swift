import EventLoop
import TestSupport

@testable import CodexAppServer

/// A server that is a program of its own, ended with the test.
final class RunningServer {
    let home: TemporaryHome
    private let process: ChildProcess
    private var socket: String?

    private init(_ home: TemporaryHome, _ process: ChildProcess) {
        (self.home, self.process) = (home, process)
    }

    func close() {
        try? process.kill(9)
        process.close()
        // Codex leaves its real socket and a lock under `/tmp`.
        for suffix in ["", ".lock"] where socket != nil { try? System.removeFile(socket! + suffix) }
    }

    /// Python's websockets, nil when it is not installed.
    static let websockets: String? = {
        let path = "\(Package.root)/.agents/websockets-15.0.1"
        return System.exists(path) ? path : nil
    }()

    /// `Fixtures/websocket-server.py`, listening on a Unix socket, or by TCP.
    static func python(
        isUnix: Bool, token: String? = nil, on loop: EventLoop, isolation: isolated (any Actor)? = #isolation
    ) async throws -> (RunningServer, WebSocket.Endpoint) {
        let home = try TemporaryHome()
        var environment = home.environment()
        environment["PYTHONPATH"] = websockets
        let path = home.path + "/socket"
        let process = try ChildProcess(
            on: loop,
            .init(
                executable: "python3",
                arguments: [Package.root + "/Tests/CodexAppServerTests/Fixtures/websocket-server.py"]
                    + (isUnix ? ["unix", path] : ["tcp"] + (token.map { [$0] } ?? [])),
                environment: environment, stdout: .pipe, stderr: .inherit)) { _ in }
        let server = RunningServer(home, process)
        let line = try await firstLine(of: process.stdout!) { $0 }
        guard let port = Int(line) else { throw TestSupportError(.missing, "the server printed: \(line)") }
        return (server, isUnix ? .unix(path: path) : .tcp(host: "127.0.0.1", port: port))
    }

    /// The real Codex's app-server.
    static func codex(
        isUnix: Bool, token: String? = nil, on loop: EventLoop, isolation: isolated (any Actor)? = #isolation
    ) async throws -> (RunningServer, WebSocket.Endpoint) {
        let home = try TemporaryHome()
        let path = try home.makeWorkFolder(String(repeating: "deep/", count: 20)) + "socket"
        var arguments = ["app-server", "--listen", isUnix ? "unix://\(path)" : "ws://127.0.0.1:0"]
        if let token {
            try home.write(token, to: "token")
            arguments += ["--ws-auth", "capability-token", "--ws-token-file", home.path + "/token"]
        }
        var environment = home.environment()
        environment["CODEX_HOME"] = home.path
        let process = try ChildProcess(
            on: loop,
            .init(executable: RealAgents.requireCodex(), arguments: arguments, environment: environment, stderr: .pipe)) { _ in }
        let server = RunningServer(home, process)
        guard !isUnix else {
            server.socket = try await eventually("the app-server's socket") { System.realPath(path) }
            return (server, .unix(path: path))
        }
        let address = "ws://127.0.0.1:"
        let line = try await firstLine(of: process.stderr!) { line in
            line.firstRange(of: address).map { String(line[$0.upperBound...]) }
        }
        guard let port = Int(line) else { throw TestSupportError(.missing, "the app-server printed: \(line)") }
        return (server, .tcp(host: "127.0.0.1", port: port))
    }

    /// What `find` finds in the first line where it finds something.
    private static func firstLine(
        of stream: ByteStream, isolation: isolated (any Actor)? = #isolation, _ find: @escaping (String) -> String?
    ) async throws -> String {
        let (found, continuation) = AsyncStream<String>.makeStream()
        var output: [UInt8] = []
        stream.read { event in
            guard case .bytes(let bytes) = event else { return continuation.finish() }
            output += bytes
            let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            if let line = lines.dropLast().lazy.compactMap({ find(String($0)) }).first {
                continuation.yield(line)
                continuation.finish()
            }
        }
        for await line in found { return line }
        throw TestSupportError(.missing, "the server ended: \(String(decoding: output, as: UTF8.self))")
    }
}
