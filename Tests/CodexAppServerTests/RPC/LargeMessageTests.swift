import EventLoop
import JSON
import Testing

@testable import CodexAppServer

@Suite("Large messages", .timeLimit(.minutes(2)))
struct LargeMessageTests {
    /// A thread's history, as long as one of a day's work: 20 turns of 300 items each.
    private static let history: String = {
        let items = (0..<300).map { #"{"type":"agentMessage","id":"item-\#($0)","text":"\#(String(repeating: "0123456789", count: 500))"}"# }
        let turn = #"{"id":"t","status":"completed","error":null,"items":[\#(items.joined(separator: ","))]}"#
        return #"{"id":1,"result":{"data":[\#(Array(repeating: turn, count: 20).joined(separator: ","))],"nextCursor":null}}"#
    }()

    @Test("the loop goes on while 30 MB are parsed, and nothing overtakes them")
    func loopGoesOn() async throws {
        #expect(Self.history.utf8.count > 30_000_000)
        let bytes = Frame(text: Self.history).bytes
        try await RPCPeer.run { actor, peer in
            peer.call("thread/turns/list")
            peer.call("other")
            _ = try await peer.received(2)
            var turns = 0
            let timer = LoopTimer(on: actor.loop)
            defer { timer.close() }
            peer.server.connections[0].stream.write(bytes) { _ in
                // All but a socket's buffer has been read: what takes long from here on is the parsing.
                timer.schedule(after: .milliseconds(1), repeating: .milliseconds(1)) { if peer.told.isEmpty { turns += 1 } }
            }
            peer.send(["id": 2, "result": "small"], ["method": "turn/started", "params": [:]])
            let told = await peer.told(3)
            guard case .answer("thread/turns/list", let result) = told[0] else {
                Issue.record("\(told[0]) came first")
                return
            }
            #expect(result["data"]?.array?.count == 20)
            #expect(told.dropFirst() == [.answer("other", "small"), .notification("turn/started", [:])])
            #expect(turns > 10)
        }
    }

    @Test("many messages behind a large one are told in their order, and others have their turn in between")
    func manyBehind() async throws {
        let count = 20_000
        // Many small values take longer to read than all that comes behind them.
        let slow = #"{"method":"slow","params":["# + String(repeating: "{},", count: 500_000) + "{}]}"
        let texts = [slow] + (0..<count).map { #"{"method":"item/completed","params":{"number":\#($0)}}"# }
        let bytes = texts.flatMap { Frame(text: $0).bytes }
        try await RPCPeer.run { actor, peer in
            var seen = 0
            var largest = 0
            let timer = LoopTimer(on: actor.loop)
            defer { timer.close() }
            timer.schedule(after: .milliseconds(1), repeating: .milliseconds(1)) {
                largest = max(largest, peer.told.count - seen)
                seen = peer.told.count
            }
            peer.server.connections[0].stream.write(bytes)
            let told = await peer.told(count + 1)
            #expect(told.dropFirst().elementsEqual((0..<count).map { .notification("item/completed", ["number": JSON($0)]) }))
            #expect(largest < count / 2)
        }
    }

    @Test("a connection that is closed while a large message is read tells nothing of it")
    func closed() async throws {
        try await RPCPeer.run { _, peer in
            peer.call("thread/turns/list")
            _ = try await peer.received(1)
            peer.send(texts: [#"{"method":"before","params":{}}"#, Self.history, #"{"method":"after","params":{}}"#])
            #expect(await peer.told(1) == [.notification("before", [:])])
            await peer.connection.close()
            #expect(peer.told.dropFirst() == [.failure("thread/turns/list", .closed)])
        }
    }
}
