import EventLoop

extension Agent {
    /// A signal: ends the running tool, records that, and ends this program with the status of the signal.
    func terminate(_ signal: Int32) async {
        guard !isDeaf else { return }
        let running = turn
        end(reason: "other", status: 128 + signal) {
            running?.task?.cancel()
            await running?.task?.value
        }
    }

    /// Says goodbye to hooks, transcript, status file and terminal.
    func end(reason: String, status exitStatus: Int32, after last: (() async -> Void)? = nil) {
        guard phase != .ending else { return }
        phase = .ending
        dialog?.end(.rejected)
        Task {
            await last?()
            _ = await fire("SessionEnd", ["reason": .string(reason)])
            if !transcript.isNew { transcript.noteCost() }
            transcript.flush()
            status.remove()
            screen.close()
            Program.end(exitStatus)
        }
    }

    /// `/clear`: the same process goes on with another session.
    func clear() async {
        _ = await fire("SessionEnd", ["reason": "clear"])
        if !transcript.isNew { transcript.noteCost() }
        transcript.close()
        let session = Identifier.unique()
        transcript = Transcript(
            on: loop, session: session, path: configuration.transcript(of: session, startedIn: directory),
            directory: directory)
        lastPromptID = nil
        toolsUsed = []
        do {
            try status.set(session: session)
        } catch {
            Terminal.writeError("cannot write the status file: \(error)")
        }
        _ = await fire("SessionStart", ["source": "clear"])
        screen.draw(box)
    }

    /// `/compact`: no turn of the user's, and it ends without `turn_duration`.
    func compact(_ turn: Turn) async {
        _ = await fire("PreCompact", ["trigger": "manual", "custom_instructions": nil])
        if transcript.isNew { transcript.noteModes(permissionMode) }
        transcript.addCompaction(promptID: turn.promptID, milliseconds: turn.milliseconds)
        _ = await fire("SessionStart", ["source": "compact", "model": .string(model)])
        _ = await fire("PostCompact", ["trigger": "manual", "compact_summary": "scripted"])
        transcript.noteLastPrompt(turn.lastPrompt)
    }
}
