import EventLoop

/// Connects commands to the supervisor, and starts one when there is none, as tmux starts its server.
public struct SupervisorLauncher: Sendable {
    public let stateDirectory: StateDirectory
    /// The program of the supervisor: this one.
    public let executable: String
    /// The caller's; the supervisor gets the part of it that is its own business.
    public let environment: [String: String]
    public let programVersion: String
    /// How long a supervisor may take until it answers.
    public var startLimit: Duration = .seconds(15)

    public init(
        stateDirectory: StateDirectory, executable: String, environment: [String: String], programVersion: String
    ) {
        self.stateDirectory = stateDirectory
        self.executable = executable
        self.environment = environment
        self.programVersion = programVersion
    }

    /// Connects to the supervisor; of many commands that find none, one starts it and the others wait for it.
    /// - Throws: ``ControlError``, among others `.incompatible`.
    public func connect() throws(ControlError) -> ControlClient {
        let deadline = ContinuousClock.now + startLimit
        while true {
            let client = try connectOrStart()
            do {
                try client.greet()
                return client
            } catch where error.code == .disconnected && ContinuousClock.now < deadline {
                // Its socket still took the connection while it ended; nothing has been asked of it yet.
                System.sleep(for: .milliseconds(5))
            }
        }
    }

    private func connectOrStart() throws(ControlError) -> ControlClient {
        if let client = try connectIfRunning() { return client }
        try stateDirectory.prepare()
        let lock: FileLock
        do {
            lock = try FileLock(waitingFor: stateDirectory.startLock)
        } catch {
            throw ControlError(.failed, "The supervisor cannot be started: \(error)")
        }
        return try withExtendedLifetime(lock) { () throws(ControlError) in
            if let client = try connectIfRunning() { return client }
            try start()
            guard let client = try connectIfRunning() else {
                throw ControlError(.disconnected, "The supervisor started and ended at once. Its log is \(stateDirectory.log).")
            }
            return client
        }
    }

    /// Nil when there is no supervisor.
    public func connectIfRunning() throws(ControlError) -> ControlClient? {
        guard let path = try SocketLocation.existing(for: stateDirectory) else { return nil }
        do {
            return try ControlClient(socket: path, programVersion: programVersion)
        } catch where error.code == .disconnected {
            return nil
        }
    }

    /// Asks the supervisor to stop, whatever its version, and returns when it is gone.
    /// - Parameter releasing: frees the agents' conversations for other programs, which takes a supervisor.
    /// - Returns: false when there was none.
    public func stop(releasing: Bool = false) throws(ControlError) -> Bool {
        guard let client = releasing ? try connect() : try connectIfRunning() else { return false }
        do {
            _ = try client.call(SupervisorStopCall(release: releasing ? true : nil))
        } catch where error.code == .disconnected {
            // It may end before its answer has left.
        }
        let deadline = ContinuousClock.now + startLimit
        // A lock tells nobody when it becomes free within a time.
        while try stateDirectory.takeLock() == nil {
            guard ContinuousClock.now < deadline else {
                throw ControlError(.failed, "The supervisor was told to stop and has not ended within \(startLimit). Its log is \(stateDirectory.log).")
            }
            System.sleep(for: .milliseconds(5))
        }
        return true
    }

    /// What a supervisor says on its standard output once it answers; anything else is why it does not.
    public static let readiness = "ready\n"

    private func start() throws(ControlError) {
        let output: String
        do {
            let process = try System.startDetached(
                executable, arguments: ["dev-sessions", "supervisor", "run", "--detached"],
                environment: supervisorEnvironment, directory: "/", log: stateDirectory.log)
            output = String(decoding: try process.readOutput(deadline: .now + startLimit), as: UTF8.self)
        } catch where error.code == .timedOut {
            throw ControlError(.failed, "The supervisor did not answer within \(startLimit). Its log is \(stateDirectory.log).")
        } catch {
            throw ControlError(.failed, "The supervisor cannot be started: \(error)")
        }
        guard output != Self.readiness else { return }
        let reason = output.isEmpty ? "it ended without a word" : String(output.trimmingSuffix(while: \.isNewline))
        throw ControlError(.failed, "The supervisor did not start: \(reason). Its log is \(stateDirectory.log).")
    }

    /// What belongs to a session (its PATH, keys and the like) comes with `create`, from its caller.
    var supervisorEnvironment: [String: String] {
        let own: Set = ["HOME", "PATH", "USER", "LOGNAME", "LANG", "TMPDIR", "XDG_RUNTIME_DIR", "SHELL", "TMUX_TMPDIR", "CLAUDE_CONFIG_DIR", "CODEX_HOME"]
        var kept = environment.filter { name, _ in
            own.contains(name) || name.hasPrefix("LC_") || name.hasPrefix("DEV_SESSIONS_") && name != "DEV_SESSIONS_SESSION"
        }
        kept["DEV_SESSIONS_HOME"] = stateDirectory.path
        return kept
    }
}
