import Foundation
import ScriptedModel
import TestSupport
import Testing

@Suite("The real Claude Code on the scripted model", .enabled(if: RealAgents.claude != nil), .timeLimit(.minutes(3)))
struct ClaudeTests {
    @Test("does what its messages say", arguments: [
        ("SAY hello", "hello"), ("THINK deeply", "deeply"), ("TOOL echo from tool", "tool done: from tool"),
        ("MULTI", "tool done: one | two"), ("SEQ", "tool done: two"), ("MAXTOK", "rt, and here is the rest"),
        ("ERROR 529 1", "recovered"), ("DROP", "answered after the cut"), ("anything else", "ECHO: anything else"),
    ])
    func directives(_ message: String, _ answer: String) async throws {
        let model = try await ScriptedModel.start()
        let home = try TemporaryHome()
        let session = UUID().uuidString.lowercased()
        let result = try await Command(
            RealAgents.requireClaude(), ["-p", "--session-id", session, "--dangerously-skip-permissions", message],
            environment: home.environment(model: model.baseURL), directory: home.makeWorkFolder("project")
        ).run()
        #expect(result.outputText == answer + "\n", "\(result.errorText)")
        #expect(await model.receivedPrompts(session: session) == [message])
        await model.stop()
    }

    @Test("fails with an error that the stream carries")
    func errorEvent() async throws {
        let model = try await ScriptedModel.start()
        let home = try TemporaryHome()
        let result = try await Command(
            RealAgents.requireClaude(), ["-p", "FAIL api_error on purpose"],
            environment: home.environment(model: model.baseURL), directory: home.makeWorkFolder("project")
        ).run()
        #expect(!result.isSuccess)
        #expect(result.outputText.hasPrefix("API Error: 500 on purpose"))
        await model.stop()
    }
}
