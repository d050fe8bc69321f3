import EventLoop
import JSON
import TestSupport
import Testing

/// A supervisor of one version and a command of another.
@Suite struct SupervisorVersionTests {
    @Test("a command of another version is told what to do, and a restart loses no session")
    func otherVersion() async throws {
        try await Workplace.with(.claude) { place in
            let id = try await place.create()
            #expect(try await place.must("ask", id, "SAY before") == "before")
            let before = try await place.supervisorPID()

            let socket = try BlockingSocket(path: place.home.path + "/.dev-sessions/supervisor.sock")
            let greeting: JSON = [
                "jsonrpc": "2.0", "id": 1, "method": "hello", "params": ["protocolVersion": 999, "programVersion": "9.0.0"],
            ]
            try socket.write(greeting.bytes + [UInt8(ascii: "\n")])
            let line = try #require(try socket.readLine(limit: 1 << 16, deadline: .now + .seconds(30)))
            let message = try #require(try JSON(parsing: line)["error"]?["message"]?.string)
            #expect(message.contains("this command is 9.0.0"))
            #expect(message.contains("Run \"dev-sessions supervisor restart\"; no session is lost."))

            try await place.must("supervisor", "restart")
            #expect(try await place.supervisorPID() != before)
            #expect(try await place.must("last-message", id) == "before")
            #expect(try await place.must("ask", id, "SAY after") == "after")
        }
    }
}
