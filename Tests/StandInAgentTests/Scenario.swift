import TestSupport
import Testing

/// What a person does with an agent, each named after the recording of the real program in which the same was done.
enum Scenario: String, CaseIterable, CustomTestStringConvertible {
    case plain, tool, multi, empty, maxtokens, subagent, compact
    case askAnswered = "ask-answered"
    case askEscaped = "ask-escaped"
    case intoAskDialog = "message-into-ask-dialog"
    case typedIntoAskDialog = "message-into-ask-dialog-sendkeys"
    case interruptStreaming = "interrupt-streaming"
    case interruptTool = "interrupt-tool"
    case interruptBeforeResponse = "interrupt-before-response"
    case error500 = "error-500"
    case errorRecovered = "error-529-recovered"
    case queuedDuringStream = "queued-during-stream"
    case queuedDuringTool = "queued-during-tool"
    case unknownCommand = "slash-local"
    case shellCommand = "bang-paste"
    case killedTool = "killed-tool"

    var testDescription: String { rawValue }

    static let turnEnd = "system turn_duration"

    func perform(at agent: AgentTerminal) async throws {
        switch self {
        case .plain: try await turn("SAY hello there", at: agent)
        case .tool: try await turn("TEXTTOOL echo hi", at: agent)
        case .multi: try await turn("MULTI", at: agent)
        case .empty: try await turn("EMPTY", at: agent)
        case .maxtokens: try await turn("MAXTOK", at: agent)
        case .subagent:
            try await agent.send("AGENT TOOL echo from-sub")
            try await agent.wait(for: Self.turnEnd, count: 2)
        case .compact:
            for (index, word) in ["one", "two", "three"].enumerated() {
                try await agent.send("SAY \(word)")
                try await agent.wait(for: Self.turnEnd, count: index + 1)
            }
            try await agent.send("/compact")
            try await agent.wait(for: "user <local-command-stdout")
            try await agent.wait(until: "idle")
            try await agent.send("SAY after compact")
            try await agent.wait(for: Self.turnEnd, count: 4)
        case .askAnswered:
            try await ask(at: agent)
            try await agent.press("2")
            try await agent.wait(for: Self.turnEnd)
        case .askEscaped:
            try await ask(at: agent)
            try await agent.press("Escape")
            try await agent.wait(for: "user [Request interrupted by user for tool use")
        case .intoAskDialog:
            try await ask(at: agent)
            try await agent.send("SAY sent into dialog")
            try await agent.wait(for: Self.turnEnd)
        case .typedIntoAskDialog:
            try await ask(at: agent)
            try await agent.press("SAY sent into dialog", "Enter")
            try await agent.wait(for: Self.turnEnd)
        case .interruptStreaming:
            try await agent.send("SLOW 8 some long text that is streamed slowly over several seconds")
            try await agent.wait(for: "user typed")
            try await Task.sleep(for: .milliseconds(1500))
            try await agent.press("Escape")
            try await agent.wait(for: "user [Request interrupted by user")
        case .interruptTool:
            try await agent.send("TOOL python3 -c 'import time; time.sleep(40)'")
            try await agent.wait(for: "assistant tool_use Bash tool_use")
            try await agent.press("Escape")
            try await agent.wait(for: "user [Request interrupted by user for tool use")
        case .interruptBeforeResponse:
            try await agent.send("HANG 6")
            try await agent.wait(for: "user typed")
            try await agent.press("Escape")
            try await agent.wait(until: "idle")
        case .error500:
            try await agent.send("ERROR 500")
            try await agent.wait(for: "assistant text stop_sequence synthetic error")
        case .errorRecovered: try await turn("ERROR 529 2", at: agent)
        case .queuedDuringStream:
            try await agent.send("SLOW 7 streaming some text slowly")
            try await agent.wait(for: "user typed")
            try await agent.send("SAY queued one")
            try await agent.send("SAY queued two")
            try await agent.wait(for: Self.turnEnd, count: 2)
        case .queuedDuringTool:
            try await agent.send("TOOL python3 -c 'import time; time.sleep(6)'")
            try await agent.wait(for: "assistant tool_use Bash tool_use")
            try await agent.send("SAY queued during tool")
            try await agent.wait(for: Self.turnEnd)
        case .unknownCommand:
            try await agent.send("/nosuchcmd hello")
            try await agent.wait(for: "system informational", count: 2)
        case .shellCommand: try await turn("! echo from-bang", at: agent)
        case .killedTool:
            try await turn("SAY first turn", at: agent)
            try await agent.send("TOOL python3 -c 'import time; time.sleep(40)'")
            try await agent.wait(for: "assistant tool_use Bash tool_use")
            try agent.kill(signal: 9)
            _ = try await agent.end()
        }
    }

    private func turn(_ message: String, at agent: AgentTerminal) async throws {
        try await agent.send(message)
        try await agent.wait(for: Self.turnEnd)
    }

    private func ask(at agent: AgentTerminal) async throws {
        try await agent.send("ASK")
        try await agent.wait(until: "waiting", "input needed")
        // The dialog is drawn a little after the status file names it, and takes keys a little after that.
        try await eventually("the dialog") { try await agent.screen().contains("2. Blue") }
        try await Task.sleep(for: .milliseconds(300))
    }
}
