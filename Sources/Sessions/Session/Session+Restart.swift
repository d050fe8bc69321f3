extension Session {
    /// Starts the agent again, in its place. One that still runs is stopped first, and its turn is cut off; messages
    /// that are not delivered yet go to the new one.
    /// - Parameter fresh: with a new conversation.
    public func restart(fresh: Bool) async throws(SessionError) {
        guard !isRestarting else { throw SessionError(.invalid, "\(id) is being restarted already.") }
        guard isEnded || agent != nil else {
            throw SessionError(.invalid, "\(id) cannot be restarted now: it is not known yet what has become of its agent.")
        }
        isRestarting = true
        defer { isRestarting = false }
        if let agent, !isEnded {
            stopReason = "the session was restarted"
            defer { stopReason = nil }
            try await agent.stop()
            // It may have been killed meanwhile.
            guard !isEnded else { throw exitedError }
            if self.agent != nil { exited(AgentExit("it was stopped", .deliberate)) }
        }
        do {
            try await startAgain(fresh: fresh)
        } catch {
            isRestarting = false
            // Killed meanwhile: what was made for it since then goes as well.
            if isEnded { try? await backend.remove(spec) }
            exited(AgentExit(error.message, .failure))
            callWaiters()
            throw error
        }
    }

    private func startAgain(fresh: Bool) async throws(SessionError) {
        letGo()
        life += 1
        exitBeforeReady = nil
        inBackground.removeAll()
        isHeldBack = false
        goal = nil
        spec.ended = nil
        spec.exitKind = nil
        saveSpec()
        let agent = try await backend.restart(spec, fresh: fresh, events: eventHandler())
        // It may have been killed meanwhile.
        guard !isEnded else {
            try? await agent.kill()
            throw exitedError
        }
        if let exitBeforeReady { throw SessionError(.startFailed, "\(id) was not restarted: \(exitBeforeReady.reason).") }
        isRestarting = false
        attach(agent)
        recordLater(nil, .sessionRestarted, detail: ["conversation": .string(spec.conversation)])
        saveSpec()
        callWaiters()
    }
}
