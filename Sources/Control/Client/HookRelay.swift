import EventLoop
import JSON
import Sessions

/// What a hook of an agent does: hands its payload to the supervisor, or leaves it in the session's spool.
///
/// A hook must never hold the agent up or fail it, so nothing here throws. It never starts a supervisor.
public struct HookRelay {
    public let session: String
    public let stateDirectory: StateDirectory
    public let programVersion: String
    /// How long a hook that is not a request waits for the supervisor before it writes to the spool.
    public var patience: Duration = .seconds(5)
    /// Whether anybody still waits for the answer.
    public var isNeeded: () -> Bool

    public init(
        session: String, stateDirectory: StateDirectory, programVersion: String, isNeeded: @escaping () -> Bool
    ) {
        self.session = session
        self.stateDirectory = stateDirectory
        self.programVersion = programVersion
        self.isNeeded = isNeeded
    }

    /// - Parameters:
    ///   - payload: as the agent wrote it to the hook's standard input.
    ///   - request: names this hook's request among all, for a supervisor that is asked again after a restart.
    /// - Returns: what the hook is to print.
    public func run(_ payload: [UInt8], request: String) -> JSON? {
        guard var payload = try? JSON(parsing: payload) else { return nil }
        guard payload["hook_event_name"]?.string == "PermissionRequest" else { return tell(payload) }
        if payload["request_id"] == nil { payload["request_id"] = .string(request) }
        return ask(payload)
    }

    /// Something that happened: it reaches the supervisor, now or by the spool.
    private func tell(_ payload: JSON) -> JSON? {
        let deadline = ContinuousClock.now + patience
        do {
            return try deliver(payload, .init(every: patience) { () throws(ControlError) in
                if ContinuousClock.now >= deadline { throw ControlError(.disconnected, "no answer") }
            })
        } catch where error.code == .disconnected || error.code == .incompatible {
            spool(payload)
        } catch {
            // The supervisor has it and has no use for it: for example, the session was killed.
        }
        return nil
    }

    /// A request that somebody is to decide, however long it takes and however often the supervisor is restarted.
    private func ask(_ payload: JSON) -> JSON? {
        var pause = Duration.milliseconds(20)
        while isNeeded() {
            do {
                return try deliver(payload, .init(every: .seconds(1)) { () throws(ControlError) in
                    if !isNeeded() { throw ControlError(.failed, "nobody waits any more") }
                    pause = .milliseconds(20)
                })
            } catch where error.code == .disconnected || error.code == .incompatible {
                System.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            } catch {
                return nil
            }
        }
        return nil
    }

    private func deliver(_ payload: JSON, _ attention: ControlClient.Attention) throws(ControlError) -> JSON? {
        guard let path = try SocketLocation.existing(for: stateDirectory) else {
            throw ControlError(.disconnected, "No supervisor runs.")
        }
        let client = try ControlClient(socket: path, programVersion: programVersion)
        return try client.call(HookCall(session: session, payload: payload), attention: attention).output
    }

    /// One write, so that the lines of hooks that end together stay whole.
    private func spool(_ payload: JSON) {
        let line: JSON = ["session": .string(session), "time": JSON(Int(Timestamp.now())), "payload": payload]
        // Nothing is left to be told it if the disk takes no line either.
        try? System.append(stateDirectory.spoolFile(of: session), line.bytes + [UInt8(ascii: "\n")])
    }
}
