import Foundation
import JSON
import ScriptedModel
import TestSupport
import Testing

@Suite("The real Codex on the scripted model", .enabled(if: RealAgents.codex != nil), .timeLimit(.minutes(3)))
struct CodexTests {
    /// What `codex exec --json` printed, one object a line.
    private static func execute(_ message: String, _ model: ScriptedModel, _ home: TemporaryHome) async throws -> [JSON] {
        var command = Command(
            try RealAgents.requireCodex(),
            ["exec", "--json", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "-"],
            environment: home.environment(), directory: try home.makeWorkFolder("project"))
        command.input = Array(message.utf8)
        let result = try await command.run()
        return try result.output.split(separator: UInt8(ascii: "\n")).map { try JSON(parsing: $0) }
    }

    @Test("does what its messages say", arguments: [
        ("SAY hello", "hello"), ("SLOW 500ms one two", "one two"), ("THINK deeply", "deeply"),
        ("TOOL echo from tool", "tool done: from tool"), ("TEXTTOOL echo from tool", "tool done: from tool"),
        ("MULTI", "tool done: one | two"), ("SEQ", "tool done: two"),
        ("HANG 200ms", "done hanging"), ("ERROR 500 1", "recovered"), ("anything else", "ECHO: anything else"),
    ])
    func directives(_ message: String, _ answer: String) async throws {
        let model = try await ScriptedModel.start()
        let home = try TemporaryHome()
        try home.configureCodex(model: model.openAIBaseURL)
        let events = try await Self.execute(message, model, home)
        let session = try #require(events.first?["thread_id"]?.string)
        let answers = events.compactMap { $0["item"] }.filter { $0["type"]?.string == "agent_message" }
        #expect(answers.last?["text"]?.string == answer)
        #expect(events.last?["type"]?.string == "turn.completed")
        #expect(await model.receivedPrompts(session: session) == [message])
        await model.stop()
    }
}
