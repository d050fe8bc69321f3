import JSON
import ScriptedModel
import TestSupport
import Testing

@Suite("Transcripts of the stand-in agent", .timeLimit(.minutes(5)))
struct RecordingTests {
    @Test("have the entries that Claude Code wrote in the same situation", arguments: Scenario.allCases)
    func standIn(_ scenario: Scenario) async throws {
        let agent = try await AgentTerminal.start()
        try await scenario.perform(at: agent)
        let written = TranscriptShape(agent.entries)
        let recorded = try Self.recording(scenario)
        #expect(written.conversation == recorded.conversation)
        #expect(written.queue == recorded.queue)
        #expect(written.fields(unknownTo: recorded) == [:])
        try await agent.stop()
    }

    @Test(
        "and so has the real Claude Code on the scripted model", .enabled(if: RealAgents.claude != nil), .serialized,
        arguments: [Scenario.plain, .tool, .askAnswered, .interruptStreaming, .error500, .queuedDuringStream, .subagent])
    func real(_ scenario: Scenario) async throws {
        let model = try await ScriptedModel.start()
        let agent = try await AgentTerminal.start(.claude(model))
        try await scenario.perform(at: agent)
        let written = TranscriptShape(agent.entries)
        let recorded = try Self.recording(scenario)
        #expect(written.conversation == recorded.conversation)
        #expect(written.queue == recorded.queue)
        try await agent.stop()
        await model.stop()
    }

    private static func recording(_ scenario: Scenario) throws -> TranscriptShape {
        let bytes = try Package.fixture("TranscriptsTests/Fixtures/claude/\(scenario.rawValue).jsonl")
        return TranscriptShape(try bytes.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) })
    }
}
