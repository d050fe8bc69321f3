import EventLoop
import JSON
import Transcripts

extension ClaudeAgent {
    /// How long the status must say idle before a turn without an ending counts as over: Claude says idle up to
    /// 150 ms before the turn's last lines are on disk, and for some 10 ms between two queued turns.
    private static let settlingTime = Duration.milliseconds(400)
    /// How long the status may take to follow a message, on a busy machine.
    private static let statusDelay = Duration.seconds(3)

    // MARK: Status file

    func lookAtStatus() {
        guard exitReason == nil,
              let bytes = try? FileReader.contents(of: state.home.statusFile(processID: process.processID), limit: 1 << 16),
              let status = ClaudeStatus(bytes), status.describes(process), status != self.status
        else { return }
        let before = self.status
        self.status = status
        if status.conversation != conversation { follow(status.conversation, transcript: nil) }
        if let version = status.version, version != state.version { save { $0.version = version } }
        tail?.look()
        if case .waiting = status.activity {} else { dialogClosed?.meet() }
        switch status.activity {
        case .idle:
            settleRequests()
            becameIdle()
        case .waiting(let reason):
            idleTimer.cancel()
            expectRequest(reason)
        case .busy, .unknown:
            idleTimer.cancel()
            hasBegun()
            if case .waiting = before?.activity { settleRequests() }
        }
    }

    private func becameIdle() {
        resumeReadiness()
        quietSince = .now
        idleTimer.schedule(after: Self.settlingTime) { self.settle() }
    }

    /// An idleness from before the turn says nothing about it: the status follows a message by up to half a second.
    private var isIdleSinceTurn: Bool {
        guard let began = reducer.turn?.startedAt.flatMap(Timestamp.milliseconds(iso8601:)), let since = status?.activitySince else {
            return true
        }
        return since >= began
    }

    func resumeReadiness() {
        readiness?.meet()
    }

    /// Idle for long enough: what the transcript leaves open is over.
    func settle() {
        guard exitReason == nil, status?.activity == .idle else { return }
        guard tail?.isBehind != true else {
            return idleTimer.schedule(after: Self.settlingTime) { self.settle() }
        }
        guard isIdleSinceTurn || quietSince + Self.statusDelay < .now else {
            return idleTimer.schedule(after: Self.statusDelay) { self.settle() }
        }
        apply(reducer.agentIsIdle())
        savePosition()
        for expectation in idleness { expectation.meet() }
        idleness.removeAll()
        events(.idle)
    }

    // MARK: Transcript

    /// Follows another conversation of the same process, as after `/clear`.
    func follow(_ conversation: String, transcript: String?) {
        guard conversation != self.conversation else { return }
        tail?.look()
        self.conversation = conversation
        let path = transcript ?? state.home.transcript(conversation: conversation, workingDirectory: state.workingDirectory)
        apply(reducer.agentIsIdle())
        reducer = ClaudeTranscriptReducer()
        save {
            $0.transcript = path
            $0.position = nil
            $0.systemEntries = 0
        }
        systemEntries = 0
        events(.conversationChanged(conversation))
        // A conversation that was there before has been told of, or is not ours to tell of.
        openTranscript(from: .present(at: path))
        if tracker.expectedCommand == "clear" { emit(tracker.endCommand(named: "clear", failure: nil)) }
    }

    func openTranscript(from position: TranscriptPosition?) {
        tail?.close()
        transcriptWatch?.close()
        let path = state.transcript
        tail = TranscriptTail(on: loop, path: path, from: position.map(TranscriptTail.Start.position) ?? .beginning) { [unowned self] batch in
            read(batch)
        }
        guard let slash = path.lastIndex(of: "/") else { return }
        let name = String(path[path.index(after: slash)...])
        transcriptWatch = DirectoryWatch(on: loop, directory: String(path[..<slash])) { [unowned self] changed in
            if changed == nil || changed == name { tail?.look() }
        }
        tail?.look()
    }

    private func read(_ batch: TranscriptTail.Batch) {
        if batch.restarted {
            apply(reducer.agentIsIdle())
            reducer = ClaudeTranscriptReducer()
            // Somebody put another file in its place: what it tells of is past.
            if state.position?.inode ?? 0 != 0 { return savePosition() }
        }
        if batch.malformedLines > 0 {
            logger.warning("transcript lines that cannot be read were skipped", metadata: [
                "session": "\(session)", "file": "\(state.transcript)", "lines": "\(batch.malformedLines)",
            ])
        }
        for entry in batch.entries {
            if entry.type == .system { systemEntries += 1 }
            apply(reducer.add(entry))
        }
        if reducer.turn != nil { hasBegun() }
        if !batch.entries.isEmpty { savePosition() }
        settleAnsweredRequests()
        showRequestOfTranscript()
        if status?.activity == .idle { becameIdle() }
    }

    /// A later supervisor reads on from between two turns.
    private func savePosition() {
        guard reducer.turn == nil, let position = tail?.position, position != state.position else { return }
        save {
            $0.position = position
            $0.systemEntries = systemEntries
        }
    }

    func apply(_ news: [TranscriptEvent]) {
        for event in news {
            emit(tracker.apply(event))
            for message in event.said { events(.said(message)) }
        }
    }

    // MARK: Hooks

    /// Takes up what a hook had to tell while there was no supervisor.
    func takeUp(_ payload: JSON) async {
        // What came before it stands in the transcript that is left with it.
        if tail == nil, payload["hook_event_name"]?.string == "SessionStart" {
            openTranscript(from: state.position)
            await tail?.drain()
        }
        _ = await hook(payload)
    }

    func hook(_ payload: JSON) async -> JSON? {
        guard let hook = ClaudeHook(payload) else { return nil }
        if !hasHooks {
            hasHooks = true
            save { $0.hooks = true }
        }
        switch hook.event {
        case .sessionStart(let source):
            if source != "startup" { follow(hook.conversation, transcript: hook.transcript) }
            adopt(transcript: hook.transcript)
            // Without a status file there is no better sign that it is there.
            if status == nil { idleTimer.schedule(after: .seconds(2)) { self.resumeReadiness() } }
        case .userPromptSubmit(let prompt) where hook.subagent == nil:
            let news = tracker.submitted(prompt, promptID: hook.promptID, running: reducer.turn.map { $0.promptID ?? $0.id })
            if news.isEmpty { submittedSomethingElse = true }
            emit(news)
        case .permissionRequest(let tool, let input):
            return await decision(on: tool, input, of: payload)
        case .sessionEnd, .stop, .stopFailure, .userPromptSubmit, .other:
            break
        }
        tail?.look()
        lookAtStatus()
        return nil
    }

    /// Claude names the file itself; our own reckoning serves only until then.
    private func adopt(transcript: String?) {
        guard let transcript, transcript != state.transcript else { return }
        save {
            $0.transcript = transcript
            $0.position = nil
        }
        openTranscript(from: nil)
    }

    // MARK: Process

    func exited() {
        guard exitReason == nil else { return }
        exitReason = "Claude Code exited"
        tail?.look()
        conclusion = Task { await concludeExit() }
    }

    /// Reads what the process still wrote, and why it ended, before the session is told.
    private func concludeExit() async {
        await tail?.drain()
        let exit = await AgentExit(ofClaudeIn: pane, of: tmux)
        exitReason = exit.reason
        apply(reducer.agentIsGone())
        emit(tracker.endSuspended(AgentTurnEnd(state: .cutOff, reason: exitReason)))
        giveUpWaiting()
        events(.exited(exit))
        close()
    }
}
