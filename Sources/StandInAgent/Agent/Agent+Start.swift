import EventLoop

extension Agent {
    /// Takes the terminal and shows the prompt; returns at once, the terminal's keys do the rest.
    func start(prompt: String?) async {
        terminalMode = TerminalMode.makeRaw()
        for signal in [Signal.hangup, Signal.terminate] {
            if let watch = try? SignalWatch(on: loop, signal: signal, received: {
                Task { await self.terminate(signal) }
            }) {
                signals.append(watch)
            }
        }
        Task { await readKeys() }
        if let startDialog = faults.startDialog {
            show(.start(startDialog))
            return
        }
        await becomeReady(prompt: prompt)
    }

    func becomeReady(prompt: String? = nil) async {
        set(.starting)
        _ = await fire("SessionStart", ["source": isResumed ? "resume" : "startup", "model": .string(model)])
        try? await loop.sleep(for: faults.startDelay)
        phase = .ready
        screen.open()
        screen.draw(box)
        set(.idle)
        if let prompt { submit(prompt) }
    }

    private var isResumed: Bool { !transcript.isNew }

    private func readKeys() async {
        while let bytes = try? await loop.offload({ TerminalMode.nextBytes() }) {
            received(bytes)
            // Nothing is read meanwhile: the terminal is the editor's.
            if isEditing { await edit() }
        }
        await terminate(Signal.hangup)
    }

    func received(_ bytes: [UInt8]) {
        escapeTimer.cancel()
        for key in keys.feed(bytes) { press(key) }
        if keys.isUndecided {
            // A terminal sends a sequence in one piece; what stands alone is the Escape key.
            escapeTimer.schedule(after: .milliseconds(30)) {
                for key in self.keys.flush() { self.press(key) }
                self.screen.draw(self.box)
            }
        }
        if dialog == nil { screen.draw(box) }
    }
}
