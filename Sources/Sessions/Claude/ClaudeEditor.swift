import EventLoop
import Tmux

/// What a Claude process's call of its editor is answered with.
public enum EditorAnswer: Codable, Sendable, Hashable {
    /// Put this into the file and end.
    case write(String)
    /// Leave the file as it is and end.
    case leave
    /// A person wants to edit: run their own editor.
    case person
}

/// A message that waits for Claude to call its editor.
///
/// Ctrl-G makes Claude Code run `$EDITOR` on a file with what is in its input box, and take the file's content back
/// into the box. Our editor writes the message there: so a megabyte with tabs and every kind of Unicode arrives
/// exactly, in half a second, and is not framed as pasted (measured with Claude Code 2.1.329).
final class EditedMessage {
    let text: String
    /// Met when the editor has ended.
    let written: Expectation
    var hasBegun = false
    var watch: ExitWatch?

    init(_ text: String, on loop: EventLoop) {
        self.text = text
        written = Expectation(on: loop)
    }
}

extension ClaudeAgent {
    /// Ctrl-G is answered after 20 to 400 ms, on a loaded machine too. A person's key at the same moment can make it
    /// part of a typed text, and then it does nothing: so it is pressed again.
    private static let beginnings: [Duration] = [.milliseconds(1500), .milliseconds(1500), .seconds(2)]
    private static let writing = Duration.seconds(30)
    /// How long after that a call may still be the answer to one of ours.
    private static let lateness = Duration.seconds(30)
    /// So often in a row without a call, and it is not tried any more: the user's keys may say otherwise.
    private static let failureLimit = 2

    /// Puts a text into the input box by way of the agent's editor, in place of what stands there.
    /// - Returns: false when the agent did not call it.
    func putByEditor(_ text: String) async throws(TmuxError) -> Bool {
        guard state.usesEditor, editorFailures < Self.failureLimit else { return false }
        let message = EditedMessage(ClaudePrompt.guarded(text), on: loop)
        edited = message
        editorMark.set()
        defer {
            edited = nil
            editorMark.clear()
            message.watch?.close()
        }
        for time in Self.beginnings where !message.hasBegun {
            try await tmux.sendKeys(["C-g"], to: pane)
            if await message.written.wait(on: self, atMost: time) { break }
            if exitReason != nil { return false }
            // A second call, or one that comes late, must not open a person's editor.
            expectLateEditor()
        }
        if message.hasBegun {
            guard await message.written.wait(on: self, atMost: Self.writing) else {
                // What it has written may still reach the box, so nothing else may be put there.
                throw TmuxError(.timedOut, while: "handing the message over", reason: "the agent's editor did not end")
            }
            editorFailures = 0
            return true
        }
        editorFailures += 1
        logger.notice("the agent did not call its editor; the message is pasted", metadata: ["session": "\(session)"])
        return false
    }

    /// One Ctrl-G of ours has not been answered, and may still be.
    func expectLateEditor() {
        lateEditors = .now < lateEditorsEnd ? lateEditors + 1 : 1
        lateEditorsEnd = .now + Self.lateness
    }

    /// - Parameter process: the editor's.
    func editor(process: Int32?) -> EditorAnswer {
        guard let message = edited, !message.hasBegun else {
            guard lateEditors > 0, .now < lateEditorsEnd else { return .person }
            lateEditors -= 1
            return .leave
        }
        message.hasBegun = true
        if let identity = process.flatMap(ProcessIdentity.of) {
            message.watch = try? ExitWatch(on: loop, process: identity) { message.written.meet() }
        }
        return .write(message.text)
    }
}
