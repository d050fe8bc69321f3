import JSON
import Testing
import Transcripts
@testable import Sessions

@Suite("Which of Claude's turns are ours")
struct ClaudeTurnTrackerTests {
    private var tracker = ClaudeTurnTracker()
    private var reducer = ClaudeTranscriptReducer()

    private func message(_ text: String) -> PreparedMessage {
        PreparedMessage(text: text, command: nil, normalizations: [])
    }

    /// What a transcript's line about a message tells.
    private mutating func read(_ text: String, prompt: String, isTyped: Bool = true) -> [String] {
        var line: JSON.Object = [
            "type": "user", "uuid": .string("uuid-" + prompt), "promptId": .string(prompt),
            "timestamp": "2026-01-01T00:00:00.000Z", "message": ["role": "user", "content": .string(text)],
        ]
        if isTyped { line["promptSource"] = "typed" }
        return told(reducer.add(ClaudeEntry(.object(line))))
    }

    private mutating func readEnd() -> [String] {
        told(reducer.add(ClaudeEntry(["type": "system", "subtype": "turn_duration", "durationMs": 1])))
    }

    private mutating func told(_ events: [TranscriptEvent]) -> [String] {
        events.flatMap { tracker.apply($0) }.map(Self.words)
    }

    private mutating func hear(_ prompt: String, _ id: String) -> [String] {
        tracker.submitted(prompt, promptID: id, running: nil).map(Self.words)
    }

    private static func words(_ event: AgentEvent) -> String {
        switch event {
        case .delivered(let turn, let agentTurn, let altered): "\(turn) is \(agentTurn ?? "queued")\(altered ? ", altered" : "")"
        case .turnStarted(let turn): "\(turn.id) is not ours"
        case .turnEnded(let agentTurn, let end): "\(agentTurn) \(end.state)"
        case .commandEnded(let turn, let end): "\(turn) \(end.state)"
        default: "\(event)"
        }
    }

    @Test("of two equal messages, each is told by its own name, in hooks and transcript")
    mutating func twoEqual() {
        tracker.expect(message("continue"), turn: 1, isConfirmed: true, promptID: "a")
        tracker.expect(message("continue"), turn: 2)
        #expect(hear("continue", "b") == ["2 is b"])
        #expect(read("continue", prompt: "a") == ["1 is a"])
        #expect(readEnd() == ["a completed"])
        #expect(read("continue", prompt: "b") == ["2 is b"])
    }

    @Test("a hook that is told again does not pass for the next, equal message")
    mutating func toldAgain() {
        tracker.ignore(["a"])
        tracker.expect(message("continue"), turn: 2)
        #expect(hear("continue", "a") == [])
        #expect(tracker.isUnconfirmed(turn: 2))
    }

    @Test("a transcript that is read again from before a turn that has ended tells nothing new of it")
    mutating func readAgain() {
        tracker.ignore(["a"])
        tracker.expect(message("continue"), turn: 2)
        #expect(read("continue", prompt: "a") == [])
        #expect(readEnd() == ["a completed"])
        #expect(tracker.isUnconfirmed(turn: 2))
        #expect(read("continue", prompt: "b") == ["2 is b"])
    }

    @Test("a turn that nobody expected is somebody else's")
    mutating func somebodyElse() {
        tracker.expect(message("ours"), turn: 1)
        #expect(read("theirs", prompt: "a") == ["a is not ours"])
        #expect(read("ours, and more", prompt: "b") == ["a cancelled", "1 is b, altered"])
    }

    @Test("a command whose dialog was closed has failed, though the transcript then shows it as done")
    mutating func closedDialog() {
        tracker.expect(PreparedMessage(text: "/model", command: "model", normalizations: []), turn: 1)
        tracker.fail(command: "model", reason: "it opens a dialog")
        let entry = "<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args></command-args>"
        #expect(read(entry, prompt: "a", isTyped: false) == ["1 failed"])
        #expect(tracker.endFailedCommands().isEmpty)
    }

    @Test("what the transcript tells late of a command that failed is taken neither for the next one nor for a person's")
    mutating func lateCommand() {
        let command = PreparedMessage(text: "/model", command: "model", normalizations: [])
        tracker.expect(command, turn: 1)
        tracker.fail(command: "model", reason: "it opens a dialog")
        #expect(tracker.endFailedCommands().map(Self.words) == ["1 failed"])
        tracker.expect(command, turn: 2, typedAt: .max)
        let entry = "<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args></command-args>"
        #expect(read(entry, prompt: "a", isTyped: false).isEmpty)
        #expect(tracker.isUnconfirmed(turn: 2))
    }
}
