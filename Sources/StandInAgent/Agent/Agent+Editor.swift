import EventLoop

extension Agent {
    /// Ctrl-G: hands the text of the box and the terminal to the user's editor, and takes the text back.
    func edit() async {
        let file = "\(temporaryFolder)/claude-prompt-\(Identifier.unique()).md"
        screen.handOver()
        terminalMode?.restore()
        var edited: String?
        do {
            try System.replace(file, with: Array(box.editableText.utf8))
            if try await runEditor(on: file) == 0 {
                edited = String(decoding: try FileReader.contents(of: file), as: UTF8.self)
            }
        } catch {
            screen.say("The editor did not run: \(error)")
        }
        try? System.removeFile(file)
        if let edited { box.replace(withEdited: edited) }
        isEditing = false
        TerminalMode.makeRaw()
        screen.takeBack()
        received(TerminalMode.typedAhead())
    }

    /// Returns its status, or nil when there is none or a signal ended it.
    private func runEditor(on file: String) async throws -> Int32? {
        guard let editor = ["VISUAL", "EDITOR"].lazy.compactMap({ self.environment[$0] }).first(where: { !$0.isEmpty })
        else { return nil }
        // Claude Code takes the value apart at spaces, without a shell.
        let words = editor.split(separator: " ").map(String.init)
        let options = ChildProcess.Options(
            executable: words[0], arguments: words.dropFirst() + [file], environment: environment, directory: directory,
            stdin: .inherit, stdout: .inherit, stderr: .inherit)
        let exit = try await withCheckedThrowingContinuation { continuation in
            do {
                editorProcess = try ChildProcess(on: loop, options) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
        editorProcess = nil
        return exit.signal == 0 ? exit.status : nil
    }

    private var temporaryFolder: String {
        environment["CLAUDE_CODE_TMPDIR"] ?? environment["TMPDIR"] ?? "/tmp"
    }
}
