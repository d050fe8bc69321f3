import JSON
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("Recorded frames of Codex", .timeLimit(.minutes(2)))
struct RecordedFrameTests {
    static let recordings = [
        "01-basic-ws", "02-interrupt-steer-ws", "03-two-clients-ws", "04-errors-ws", "05-approvals-ws", "06-goals-ws",
        "08-crash-restart-ws", "09-20threads-one-conn", "10-tui-attach", "11-history-mode-and-locks", "12-subscription-fresh",
        "14-default-control-socket", "16-misc", "18-auth-ws", "19-unix-basic",
    ]

    private func frames(_ recording: String, _ direction: String) throws -> [[UInt8]] {
        try Package.fixture("CodexAppServerTests/Fixtures/frames/\(recording).jsonl").split(separator: UInt8(ascii: "\n"))
            .map { try JSON(parsing: $0) }
            .filter { $0["dir"]?.string == direction }
            .compactMap { $0["frame"]?.bytes }
    }

    @Test("what Codex sent arrives, in pieces of whatever size", arguments: recordings)
    func received(_ recording: String) throws {
        let texts = try frames(recording, "in")
        #expect(!texts.isEmpty)
        let bytes = texts.flatMap { Frame(.text, $0).bytes }
        for size in [1, 61, 4099, 65536] {
            let framer = WebSocketFramer(limits: WebSocket.Limits())
            var messages: [[UInt8]] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                let received = framer.receive(Array(bytes[start..<min(start + size, bytes.count)]))
                #expect(received.end == nil)
                messages += received.messages
            }
            #expect(messages == texts)
        }
    }

    @Test("what was sent to Codex goes out unchanged", arguments: recordings)
    func sent(_ recording: String) throws {
        let texts = try frames(recording, "out")
        let framer = WebSocketFramer(limits: WebSocket.Limits())
        var bytes: [UInt8] = []
        for text in texts {
            framer.begin(text)
            while framer.hasOutput { framer.produce(into: &bytes, upTo: bytes.count + 100) }
        }
        let frames = Frame.all(in: bytes)
        #expect(frames?.map(\.payload) == texts)
        #expect(frames?.allSatisfy { $0.mask != nil && $0.opcode == 1 && $0.isLast } == true)
    }
}
