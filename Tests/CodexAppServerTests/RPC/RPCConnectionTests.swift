import EventLoop
import JSON
import Testing

@testable import CodexAppServer

@Suite("One connection for many callers", .timeLimit(.minutes(2)))
struct RPCConnectionTests {
    // MARK: Answers

    @Test("answers that come in another order reach those who asked")
    func outOfOrder() async throws {
        try await RPCPeer.run { _, peer in
            for method in ["a", "b", "c"] { peer.call(method, ["of": .string(method)]) }
            let requests = try await peer.received(3)
            #expect(requests.map { $0["method"] } == ["a", "b", "c"])
            #expect(Set(requests.map { $0["id"] }).count == 3)
            for index in [2, 0, 1] {
                peer.send(["id": requests[index]["id"] ?? nil, "result": requests[index]["params"] ?? nil])
            }
            #expect(await peer.told(3) == [.answer("c", ["of": "c"]), .answer("a", ["of": "a"]), .answer("b", ["of": "b"])])
        }
    }

    @Test("each of five hundred callers at once gets its own answer")
    func manyCallers() async throws {
        try await RPCPeer.run { _, peer in
            let answers = Task { [connection = peer.connection] in try await Self.callAll(500, over: connection) }
            for request in try await peer.received(500).shuffled() {
                peer.send(["id": request["id"] ?? nil, "result": request["params"] ?? nil])
            }
            #expect(try await answers.value == Array(0..<500))
        }
    }

    private static func callAll(_ count: Int, over connection: RPCConnection) async throws -> [Int] {
        try await withThrowingTaskGroup { group in
            for number in 0..<count {
                group.addTask {
                    let answer = try await connection.call("echo", ["number": JSON(number)], within: .seconds(60))
                    #expect(answer["number"]?.int == number)
                    return number
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted()
        }
    }

    @Test("a refusal is told as it came")
    func refused() async throws {
        try await RPCPeer.run { _, peer in
            let answer = Task { [connection = peer.connection] in
                try await connection.call("turn/interrupt", [:], within: .seconds(60))
            }
            let request = try await peer.received(1)[0]
            peer.send(["id": request["id"] ?? nil, "error": ["code": -32600, "message": "no active turn to interrupt", "data": ["a": 1]]])
            let error = await #expect(throws: CodexError.self) { try await answer.value }
            #expect(error?.code == .rejected)
            #expect(error?.operation == "turn/interrupt")
            #expect(error?.response == .init(code: -32600, message: "no active turn to interrupt", data: ["a": 1]))
        }
    }

    @Test("an answer is told before what the server told after it, and after what it told before")
    func order() async throws {
        try await RPCPeer.run { _, peer in
            peer.call("turn/start")
            let id = try await peer.received(1)[0]["id"] ?? nil
            peer.send(
                ["method": "warning", "params": [:]], ["id": id, "result": ["turn": "t"]],
                ["method": "turn/started", "params": [:]], ["method": "turn/completed", "params": [:]])
            #expect(await peer.told(4) == [
                .notification("warning", [:]), .answer("turn/start", ["turn": "t"]),
                .notification("turn/started", [:]), .notification("turn/completed", [:]),
            ])
        }
    }

    @Test("messages that nobody can use are passed over")
    func unknown() async throws {
        try await RPCPeer.run { _, peer in
            peer.call("a")
            let id = try await peer.received(1)[0]["id"] ?? nil
            peer.send(
                ["id": 4711, "result": [:]], ["id": "a", "result": [:]], [["id": id, "result": [:]]], 7, [:],
                ["id": id, "later": "version"], ["id": id, "result": "good", "later": "version"], ["id": id, "result": "twice"],
                ["method": "thread/mood", "params": ["mood": "good"]])
            #expect(await peer.told(2) == [.answer("a", "good"), .notification("thread/mood", ["mood": "good"])])
        }
    }

    // MARK: The server's own requests

    @Test("a request of the server's with the number of one of ours is told, answered by its number, and answers nothing")
    func collision() async throws {
        try await RPCPeer.run { _, peer in
            peer.call("a")
            let id = try await peer.received(1)[0]["id"] ?? nil
            peer.send(["id": id, "method": "item/tool/requestUserInput", "params": [:]], ["id": 0, "method": "currentTime/read", "params": [:]])
            #expect(await peer.told(2) == [.request(id: id, "item/tool/requestUserInput"), .request(id: 0, "currentTime/read")])
            peer.connection.respond(to: id, with: ["answers": [:]])
            peer.connection.reject(0, .init(code: -32601, message: "unknown"))
            let answers = try await peer.received(3).suffix(2)
            #expect(answers == [["id": id, "result": ["answers": [:]]], ["id": 0, "error": ["code": -32601, "message": "unknown"]]])
            peer.send(["id": id, "result": "ours"])
            #expect(await peer.told(3).last == .answer("a", "ours"))
        }
    }

    // MARK: Deadlines

    @Test("the first deadline to pass is the first to be told, whenever its request was sent; others go on")
    func deadlines() async throws {
        try await RPCPeer.run { _, peer in
            peer.call("long")
            peer.call("middle", within: .milliseconds(150))
            peer.call("short", within: .milliseconds(30))
            #expect(await peer.told(2) == [.failure("short", .timedOut), .failure("middle", .timedOut)])
            peer.call("later", within: .milliseconds(30))
            #expect(await peer.told(3).last == .failure("later", .timedOut))
            let requests = try await peer.received(4)
            // Late answers find nobody.
            for request in requests.reversed() { peer.send(["id": request["id"] ?? nil, "result": [:]]) }
            #expect(await peer.told(4).last == .answer("long", [:]))
            #expect(peer.told.count == 4)
        }
    }

    // MARK: Overload

    @Test("what the server refuses for overload is sent again until it is taken, and holds up nothing else")
    func overload() async throws {
        try await RPCPeer.run { _, peer in
            peer.call("busy", ["a": 1])
            for attempt in 1...3 {
                let request = try await peer.received(attempt)[attempt - 1]
                #expect(request["method"] == "busy")
                #expect(request["params"] == ["a": 1])
                peer.send(RPCPeer.overloaded(request["id"]))
            }
            peer.call("other")
            let requests = try await peer.received(5)
            #expect(requests.map { $0["method"] }.suffix(2).contains("other"))
            for request in requests.suffix(2) { peer.send(["id": request["id"] ?? nil, "result": [:]]) }
            #expect(Set(await peer.told(2)) == [.answer("busy", [:]), .answer("other", [:])])
            #expect(Set(requests.map { $0["id"] }).count == 5)
        }
    }

    @Test("a server that is overloaded to the end is given up before the deadline, and said to be overloaded")
    func overloadedToTheEnd() async throws {
        try await RPCPeer.run { actor, peer in
            let refusing = Task {
                _ = actor
                var refused = 0
                while case let requests = try await peer.received(refused + 1), requests.count > refused {
                    for request in requests[refused...] { peer.send(RPCPeer.overloaded(request["id"])) }
                    refused = requests.count
                }
                return refused
            }
            // The last attempt's answer may come too late for its deadline.
            var attempt = 0
            repeat {
                attempt += 1
                peer.call("busy", within: .milliseconds(400))
            } while await peer.told(attempt).last == .failure("busy", .timedOut) && attempt < 20
            #expect(peer.told.last == .failure("busy", .overloaded))
            await peer.connection.close()
            let refusals = try await refusing.value
            #expect(refusals > attempt)
        }
    }

    // MARK: The end

    @Test("when the connection is lost, all calls fail at once in their order, one that waits to be sent again included; then it is told once")
    func lost() async throws {
        try await RPCPeer.run { _, peer in
            for method in ["a", "b", "c"] { peer.call(method) }
            let requests = try await peer.received(3)
            peer.send(RPCPeer.overloaded(requests[0]["id"]))
            peer.send(["method": "last", "params": [:]])
            peer.hangUp()
            #expect(await peer.told(5) == [
                .notification("last", [:]), .failure("a", .connectionLost), .failure("b", .connectionLost), .failure("c", .connectionLost),
                .closed(.connectionLost),
            ])
            peer.call("later")
            await peer.connection.close()
            #expect(peer.told.dropFirst(5) == [.failure("later", .connectionLost)])
        }
    }

    @Test("closing ends all calls, and nothing is told any more")
    func close() async throws {
        try await RPCPeer.run { _, peer in
            peer.call("a")
            peer.call("b")
            _ = try await peer.received(2)
            await peer.connection.close()
            #expect(peer.told == [.failure("a", .closed), .failure("b", .closed)])
            peer.call("c")
            #expect(peer.told.last == .failure("c", .closed))
            await peer.server.connections[0].wait { $0.hasEnded }
            #expect(peer.told.count == 3)
        }
    }

    @Test("a message that is not JSON, short or long, ends the connection", arguments: [10, 300_000])
    func garbage(_ length: Int) async throws {
        try await RPCPeer.run { _, peer in
            peer.call("a")
            _ = try await peer.received(1)
            peer.send(texts: ["{" + String(repeating: "x", count: length), #"{"method":"after","params":{}}"#])
            #expect(await peer.told(2) == [.failure("a", .protocolViolation), .closed(.protocolViolation)])
            await peer.server.connections[0].wait { $0.hasEnded }
            #expect(peer.told.count == 2)
        }
    }

    @Test("where nobody listens, there is no connection, and calls fail at once")
    func nobody() async throws {
        try await SocketActor.run { loop, _ in
            let endpoint = WebSocket.Endpoint.unix(path: "/tmp/nobody-\(UInt32.random(in: .min ... .max))")
            let connection = RPCConnection(loop: loop, to: endpoint) { _ in Issue.record("nothing is told") }
            let error = await #expect(throws: CodexError.self) { try await connection.open(endpoint) }
            #expect(error?.code == .refused)
            let failure = await #expect(throws: CodexError.self) { try await connection.call("a", [:], within: .seconds(60)) }
            #expect(failure?.code == .closed)
        }
    }
}
