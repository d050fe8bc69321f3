import Foundation
import TestSupport
import Testing

@Suite("The editor of the stand-in agent", .timeLimit(.minutes(5)))
struct EditorTests {
    /// Starts an agent whose editor is a script; `$1` in it is the file.
    private func agent(editor script: String, variable: String = "VISUAL") async throws -> AgentTerminal {
        let agent = try await AgentTerminal.start(environment: [variable: "sh ../../editor"])
        try agent.home.write(script, to: "editor")
        return agent
    }

    private func prompts(_ agent: AgentTerminal) -> [String] {
        agent.entries.filter { $0["promptSource"] != nil }.compactMap { $0["message"]?["content"]?.string }
    }

    @Test("takes what is in the box and gives back what is sent", arguments: ["VISUAL", "EDITOR"])
    func roundTrip(_ variable: String) async throws {
        let agent = try await agent(editor: #"cp "$1" "$HOME/box";printf 'SAY\ta\n1\n2\n3\n!b' >"$1";mkfifo "$HOME/done""#, variable: variable)
        try await agent.paste("half a thought")
        try await agent.press("C-g")
        try await eventually("the editor's end") { FileManager.default.fileExists(atPath: agent.home.path + "/done") }
        try await agent.press("Enter")
        try await agent.wait(for: Scenario.turnEnd)
        #expect(FileManager.default.contents(atPath: agent.home.path + "/box") == Data("half a thought".utf8))
        #expect(prompts(agent) == ["SAY\ta\n1\n2\n3\n!b"])
        try await agent.stop()
    }

    @Test("changes nothing when it fails")
    func failure() async throws {
        let agent = try await agent(editor: #"echo other >"$1";mkfifo "$HOME/done";exit 1"#)
        try await agent.paste("SAY as before")
        try await agent.press("C-g")
        try await eventually("the editor's end") { FileManager.default.fileExists(atPath: agent.home.path + "/done") }
        try await agent.press("Enter")
        try await agent.wait(for: Scenario.turnEnd)
        #expect(prompts(agent) == ["SAY as before"])
        try await agent.stop()
    }

    @Test("has the terminal while it runs, as it was before the agent")
    func terminal() async throws {
        let agent = try await agent(editor: #"read line;printf "SAY $line" >"$1""#)
        try await agent.press("C-g")
        try await eventually("the editor's start") { try await !agent.screen().contains("❯") }
        try await agent.press("typed", "Enter")
        try await eventually("the text in the box") { try await agent.screen().contains("❯ SAY typed") }
        try await agent.press("Enter")
        try await agent.wait(for: Scenario.turnEnd)
        #expect(prompts(agent) == ["SAY typed"])
        try await agent.stop()
    }

    @Test("is not run from a dialog")
    func dialog() async throws {
        let agent = try await agent(editor: #"mkfifo "$HOME/done""#)
        try await agent.send("ASK")
        try await agent.wait(until: "waiting", "input needed")
        try await agent.press("C-g", "2")
        try await agent.wait(for: Scenario.turnEnd)
        #expect(!FileManager.default.fileExists(atPath: agent.home.path + "/done"))
        try await agent.stop()
    }
}
