import Control
import EventLoop

/// `hook`: hands what an agent tells its hook to the supervisor, and prints what the supervisor wants the agent to do.
///
/// It ends with 0 whatever happens: for Claude Code 2.1.329 another status is an error shown to the user, and 2 swallows their message.
struct HookCommand {
    let reference: SessionReference?

    init(_ reference: SessionReference?) {
        self.reference = reference
    }

    func run() -> Int32 {
        // Before the payload is read: it may end because the parent has.
        let parent = System.parentProcessID
        guard let reference, let payload = try? System.readStandardInput() else { return Control.ExitCode.success }
        let agent = System.environment["CLAUDE_PID"].flatMap(Int32.init).flatMap(ProcessIdentity.of)
        let relay = HookRelay(
            session: reference.session, stateDirectory: reference.stateDirectory, programVersion: Program.version,
            // A shell between the agent and us may outlive the agent.
            isNeeded: { System.parentProcessID == parent && agent?.isAlive ?? (parent != 1) })
        let start = ProcessIdentity.of(System.processID)?.startTime ?? 0
        if let output = relay.run(payload, request: "\(System.processID)-\(start)") {
            try? Output.print(output.compact)
        }
        return Control.ExitCode.success
    }
}
