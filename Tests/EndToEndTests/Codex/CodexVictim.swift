import EventLoop
import TestSupport

/// What a test ends under a Codex session, and how.
enum CodexVictim: CaseIterable, Sendable {
    case appServer
    case supervisor
    case appServerAndSupervisor
    /// By SIGTERM: it finishes the turns that run, takes no new ones, and ends.
    case appServerThatDrains

    /// A turn that runs does not come to its end.
    var endsTurn: Bool { self == .appServer || self == .appServerAndSupervisor }
    var endsAppServer: Bool { self != .supervisor }
    var endsSupervisor: Bool { self == .supervisor || self == .appServerAndSupervisor }

    /// Whom to end: looked up before, because a command that looks would start another supervisor.
    func processes(of id: String, in place: Workplace) async throws -> CodexVictims {
        let supervisor = try await place.supervisorPID()
        let appServer = try await place.agentPID(id)
        let numbers: [Int32] =
            switch self {
            case .appServer, .appServerThatDrains: [appServer]
            case .supervisor: [supervisor]
            case .appServerAndSupervisor: [appServer, supervisor]
            }
        return CodexVictims(
            processes: try numbers.map { number in
                guard let process = ProcessIdentity.of(number) else {
                    throw TestSupportError(.commandFailed, "no process \(number) to be ended as \(self)")
                }
                return process
            }, drains: self == .appServerThatDrains)
    }
}

/// The processes that a test ends.
struct CodexVictims {
    let processes: [ProcessIdentity]
    fileprivate let drains: Bool

    fileprivate init(processes: [ProcessIdentity], drains: Bool) {
        self.processes = processes
        self.drains = drains
    }

    /// Ends them all at once; returns when those that are killed are gone.
    func end() async throws {
        guard drains else { return try await processes.kill() }
        for process in processes { try System.kill(process.processID, Signal.terminate) }
    }

    /// Returns when they are gone.
    func areGone() async throws {
        try await eventually("the end of the processes \(processes.map(\.processID))", deadline: .seconds(60)) {
            processes.allSatisfy { !$0.isAlive }
        }
    }
}
