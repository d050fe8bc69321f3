import EventLoop
import Foundation
import TestSupport

/// What a test kills with SIGKILL.
enum Victim: CaseIterable, Sendable {
    case agent
    case tmuxClient
    case tmuxServer
    case supervisor
    case supervisorAndAgent

    var endsAgent: Bool {
        switch self {
        case .agent, .tmuxServer, .supervisorAndAgent: true
        case .tmuxClient, .supervisor: false
        }
    }

    var endsSupervisor: Bool { self == .supervisor || self == .supervisorAndAgent }

    /// Whom to kill: looked up before, because a command that looks would start another supervisor.
    func processes(of id: String, in place: Workplace) async throws -> [ProcessIdentity] {
        let supervisor = try await place.supervisorPID()
        let numbers: [Int32] =
            switch self {
            case .agent: [try await place.agentPID(id)]
            case .tmuxClient: Self.children(of: supervisor)
            case .tmuxServer: [Int32(try await place.tmuxServer()) ?? 0]
            case .supervisor: [supervisor]
            case .supervisorAndAgent: [supervisor, try await place.agentPID(id)]
            }
        return try numbers.map { number in
            guard let process = ProcessIdentity.of(number) else {
                throw TestSupportError(.commandFailed, "no process \(number) to be killed as \(self)")
            }
            return process
        }
    }

    /// The supervisor has no children but its tmux clients.
    private static func children(of parent: Int32) -> [Int32] {
        let numbers = ((try? System.entries(of: "/proc")) ?? []).compactMap { Int32($0) }
        return numbers.filter { number in
            guard let stat = try? System.readFile("/proc/\(number)/stat") else { return false }
            // The name in parentheses may hold anything.
            let fields = String(decoding: stat, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && Int32(fields[1]) == parent
        }
    }
}

extension [ProcessIdentity] {
    /// Kills all of them at once and returns when they are gone.
    func kill() async throws {
        for process in self { try System.kill(process.processID, Signal.kill) }
        try await eventually("the end of the processes \(map(\.processID))") { allSatisfy { !$0.isAlive } }
    }
}
