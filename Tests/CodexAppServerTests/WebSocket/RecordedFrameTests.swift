import JSON
import TestSupport
import Testing

@testable import CodexAppServer

@Suite("Recorded frames of Codex", .timeLimit(.minutes(2)))
struct RecordedFrameTests {
    private func frames(_ recording: String, isSent: Bool) throws -> [[UInt8]] {
        try CodexRecording(recording).frames.filter { $0.isSent == isSent }.map(\.json.bytes)
    }

    @Test("what Codex sent arrives, in pieces of whatever size", arguments: CodexRecording.names)
    func received(_ recording: String) throws {
        let texts = try frames(recording, isSent: false)
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

    @Test("what was sent to Codex goes out unchanged", arguments: CodexRecording.names)
    func sent(_ recording: String) throws {
        let texts = try frames(recording, isSent: true)
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
