import Testing

@testable import Transcripts

@Suite("Recorded rollouts")
struct RolloutRecordingTests {
    @Test("every line of every recording is an entry, and stays what it was", arguments: try RolloutRecording.names)
    func entries(_ name: String) throws {
        let recording = try RolloutRecording(name)
        let entries = try recording.entries
        #expect(entries.first?.type == .sessionMeta)
        for (entry, line) in zip(entries, recording.lines) {
            #expect(entry.json.bytes.count > 0)
            if case .other(let type) = entry.type { #expect(["retained_context"].contains(type), "\(type)") }
            #expect(CodexEntryType(peekingAt: line.bytes) == entry.type)
        }
    }
}
