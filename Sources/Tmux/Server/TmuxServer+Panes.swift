import EventLoop

extension TmuxServer {
    /// Pauses before looking again at a pane whose process has ended and whose exit status is not known.
    private static let statusPauses: [Duration] = [.milliseconds(1), .milliseconds(10), .milliseconds(50)]

    /// All panes of all sessions; none if no server runs.
    public func panes() async throws(TmuxError) -> [PaneState] {
        let states = try await listPanes()
        let unreaped = states.filter { $0.isDead && $0.isWithoutStatus && !panesWithoutStatus.contains($0.identity) }
        guard !unreaped.isEmpty else { return states }
        remindServerOfChildren()
        try? await loop.sleep(for: Self.statusPauses[0])
        let again = try await listPanes()
        panesWithoutStatus.formIntersection(again.map(\.identity))
        panesWithoutStatus.formUnion(again.filter { $0.isDead && $0.isWithoutStatus }.map(\.identity))
        return again
    }

    /// The state of a pane, whatever process is in it; nil if it does not exist.
    public func pane(_ id: String) async throws(TmuxError) -> PaneState? {
        var state = try await readPane(id)
        for pause in Self.statusPauses {
            guard let found = state, found.isWithoutStatus, !panesWithoutStatus.contains(found.identity),
                found.isDead || ProcessIdentity.of(found.identity.processID) == nil
            else { return state }
            remindServerOfChildren()
            try? await loop.sleep(for: pause)
            state = try await readPane(id)
        }
        if let state, state.isWithoutStatus, state.isDead { panesWithoutStatus.insert(state.identity) }
        return state
    }

    /// tmux 3.3a sometimes misses that a child ended, and then neither knows the exit status nor, if
    /// somebody else has the terminal open, that the pane is dead, until the next child ends. The signal
    /// makes it look.
    private func remindServerOfChildren() {
        guard case .open(_, let server, _) = connection else { return }
        try? System.kill(server.processID, ChildSignal.number)
    }

    private func listPanes() async throws(TmuxError) -> [PaneState] {
        do throws(TmuxError) {
            let reply = try await runOne(
                TmuxCommand("list-panes", "-a", "-F", PaneState.format), while: "listing panes")
            return reply.lines.compactMap(PaneState.init(line:))
        } catch {
            if error.code == .noServer { return [] }
            throw error
        }
    }

    private func readPane(_ id: String) async throws(TmuxError) -> PaneState? {
        let state = try await line(about: id, PaneState.format, while: "looking at pane \(id)")
            .flatMap(PaneState.init(line:))
        return state?.identity.id == id ? state : nil
    }

    /// The working directory of the process in a pane; nil if it is unknown.
    public func currentDirectory(of pane: PaneIdentity) async throws(TmuxError) -> String? {
        let line = try await line(
            about: pane.id, "#{pane_id}:#{pane_pid}:#{pane_current_path}",
            while: "asking for the directory of pane \(pane.id)")
        let prefix = "\(pane.id):\(pane.processID):"
        guard let line, line.hasPrefix(prefix), line != prefix else { return nil }
        return String(line.dropFirst(prefix.count))
    }

    /// The text that a pane shows, one string for each line, without trailing blanks.
    ///
    /// - Parameter history: how many lines above the visible ones to add.
    public func capture(_ pane: PaneIdentity, history: Int = 0) async throws(TmuxError) -> [String] {
        let replies = try await run(
            PaneGuard(pane: pane, requirement: .known),
            [[TmuxCommand("capture-pane", "-p", "-t", pane.id, "-S", String(-history))]],
            while: "reading pane \(pane.id)")
        return replies.first?.lines ?? []
    }

    private func line(about pane: String, _ format: String, while operation: String) async throws(TmuxError) -> String? {
        do throws(TmuxError) {
            let command = TmuxCommand("display-message", "-p", "-t", pane, format)
            return try await runOne(command, while: operation).lines.joined(separator: "\n")
        } catch {
            if error.code == .noServer { return nil }
            throw error
        }
    }
}
