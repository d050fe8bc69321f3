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
    /// Ctrl-G is answered after 20 to 400 ms, on a loaded machine too.
    private static let beginning = Duration.seconds(5)
    private static let writing = Duration.seconds(30)

    /// Puts a text into the input box by way of the agent's editor.
    /// - Returns: false when the agent did not call it; nothing is in the box then.
    func putByEditor(_ text: String) async throws(TmuxError) -> Bool {
        guard state.usesEditor, !editorFailed else { return false }
        let message = EditedMessage(ClaudePrompt.guarded(text), on: loop)
        edited = message
        editorMark.set()
        defer {
            edited = nil
            editorMark.clear()
            message.watch?.close()
        }
        for attempt in 1...2 {
            // A view that a person opened and that no status tells of takes the key; Escape leaves it.
            if attempt > 1 { try await tmux.sendKeys(["Escape"], to: pane) }
            try await tmux.sendKeys(["C-g"], to: pane)
            if await message.written.wait(on: self, atMost: Self.beginning) { return true }
            if message.hasBegun {
                if await message.written.wait(on: self, atMost: Self.writing) { return true }
                // What it has written may still reach the box, so nothing else may be put there.
                throw TmuxError(.timedOut, while: "handing the message over", reason: "the agent's editor did not end")
            }
            if exitReason != nil { return false }
            // A call that comes late must not open a person's editor.
            lateEditors += 1
        }
        editorFailed = true
        logger.notice("the agent did not call its editor; messages are pasted from now on", metadata: ["session": "\(session)"])
        return false
    }

    /// - Parameter process: the editor's.
    func editor(process: Int32?) -> EditorAnswer {
        guard let message = edited, !message.hasBegun else {
            guard lateEditors > 0 else { return .person }
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
